from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterdeck.hub.scripts.finder import Finder


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    for name, text in {
        "sample/layout.html": "<Grid>",
        "sample/main.py": "x = 1",
        "single.py": "x = 1",
        "both/a.py": "x = 1",
        "both.py": "x = 2",
        "notes/readme.md": "no script",
        "_shared/a.py": "x = 1",
        ".git/hook.py": "x = 1",
        "README.md": "no script",
    }.items():
        path = tmp_path / "scripts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "scripts"


def test_folders_with_a_layout_or_modules_and_single_modules_are_scripts(scripts: Path) -> None:
    found = Finder(scripts).look()
    assert sorted(found) == ["both", "sample", "single"]
    assert found["both"].path == scripts / "both"
    assert found["single"].path == scripts / "single.py"
    assert len({each.version for each in found.values()}) == 3


def test_new_changed_and_deleted_are_seen(scripts: Path) -> None:
    finder = Finder(scripts)
    before = finder.look()
    (scripts / "sample" / "main.py").write_text("x = 23")
    (scripts / "new.py").write_text("x = 1")
    (scripts / "single.py").unlink()
    after = finder.look()
    assert sorted(after) == ["both", "new", "sample"]
    assert after["sample"].version != before["sample"].version
    assert after["both"] == before["both"]


def test_a_file_that_was_only_touched_is_the_same_version(scripts: Path) -> None:
    finder = Finder(scripts)
    before = finder.look()
    os.utime(scripts / "sample" / "main.py", (1, 1))
    assert finder.look() == before


def test_a_deck_without_scripts_has_none(tmp_path: Path) -> None:
    assert Finder(tmp_path / "scripts").look() == {}


def test_one_that_cannot_be_read_harms_no_other(scripts: Path) -> None:
    (scripts / "loop.py").symlink_to(scripts / "loop.py")
    (scripts / "hangs").mkdir()
    (scripts / "hangs" / "a.py").symlink_to(scripts / "nothing.py")
    assert sorted(Finder(scripts).look()) == ["both", "hangs", "sample", "single"], "its worker says what is wrong"


def test_pipes_and_devices_are_not_read(scripts: Path) -> None:
    before = Finder(scripts).look()
    os.mkfifo(scripts / "pipe.py")
    os.mkfifo(scripts / "sample" / "pipe.py")
    (scripts / "sample" / "endless.py").symlink_to("/dev/zero")
    assert Finder(scripts).look() == before
