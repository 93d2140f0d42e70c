from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterdeck.worker.version import version_of


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_html", ".html").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_it_is_what_the_files_say(tmp_path: Path) -> None:
    one = write(tmp_path / "one", layout_html="<Grid>", a_py="x = 1", sub__b_py="y = 2")
    two = write(tmp_path / "two", sub__b_py="y = 2", a_py="x = 1", layout_html="<Grid>")
    os.utime(one / "a.py", (1, 1))
    assert version_of(one) == version_of(two)
    assert len(version_of(one)) == 16
    assert int(version_of(one), 16) >= 0


@pytest.mark.parametrize("change", [{"a_py": "x = 2"}, {"c_py": ""}, {"layout_html": ""}, {"sub__b_py": "y = 3"}])
def test_any_change_of_a_module_or_the_layout_is_another_version(tmp_path: Path, change: dict[str, str]) -> None:
    folder = write(tmp_path / "s", layout_html="<Grid>", a_py="x = 1", sub__b_py="y = 2")
    before = version_of(folder)
    write(folder, **change)
    assert version_of(folder) != before


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", layout_html="<Grid>", a_py="x = 1")
    before = version_of(folder)
    (folder / "__pycache__").mkdir()
    (folder / ".git").mkdir()
    write(folder, data_csv="1,2")
    (folder / "__pycache__" / "a.py").write_text("")
    (folder / ".git" / "hook.py").write_text("")
    assert version_of(folder) == before


def test_text_that_moves_between_files_is_seen(tmp_path: Path) -> None:
    one = write(tmp_path / "one", a_py="xy", b_py="z")
    two = write(tmp_path / "two", a_py="x", b_py="yz")
    assert version_of(one) != version_of(two)


def test_a_single_module_has_a_version_and_a_missing_one_none(tmp_path: Path) -> None:
    module = tmp_path / "s.py"
    module.write_text("x = 1")
    before = version_of(module)
    module.write_text("x = 2")
    assert version_of(module) != before
    with pytest.raises(FileNotFoundError):
        version_of(tmp_path / "nothing")
