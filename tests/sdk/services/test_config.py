from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.sdk.services.config import Config


def written(folder: Path, text: str) -> str:
    file = folder / "config.cfg"
    file.write_text(text)
    return str(file)


def test_the_environment_names_the_file_and_holds_before_the_argument(tmp_path: Path) -> None:
    file = written(tmp_path, "[dashboard]\nAPP_VERSION=2.1\n")
    config = Config({"DASHBOARD_CONFIG": file})
    config.from_file("/not/there.cfg")
    assert config.version() == "2.1"
    assert Config({}).from_file(None) is None


def test_keys_may_stand_in_the_environment(tmp_path: Path) -> None:
    config = Config({"APP_VERSION": "3"})
    assert config.version() == "3"
    config.from_file(written(tmp_path, "[dashboard]\nAPP_VERSION=2\n"))
    assert config.version() == "2"
    assert Config({}).version() == "1.0"


def test_keys_without_effect_and_unknown_ones_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Config({}).from_file(written(tmp_path, "[dashboard]\nCUSTOM_LINK=dash\nAP_VERSION=2\n"))
    said = capsys.readouterr().err
    assert "CUSTOM_LINK has no effect" in said
    assert "AP_VERSION is no key of the configuration; APP_VERSION is the nearest known key" in said


def test_a_file_that_is_missing_or_broken_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Config({}).from_file(str(tmp_path / "none.cfg"))
    with pytest.raises(ValueError, match=r"config\.cfg cannot be read"):
        Config({}).from_file(written(tmp_path, "APP_VERSION"))


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "files",
    [
        {".git/HEAD": COMMIT},
        {".git/HEAD": "ref: refs/heads/main", ".git/refs/heads/main": COMMIT},
        {".git/HEAD": "ref: refs/heads/main", ".git/packed-refs": f"# pack-refs\n{COMMIT} refs/heads/main\n"},
        {
            ".git": "gitdir: elsewhere/worktrees/one",
            "elsewhere/worktrees/one/HEAD": "ref: refs/heads/one",
            "elsewhere/worktrees/one/commondir": "../..",
            "elsewhere/refs/heads/one": COMMIT,
        },
    ],
    ids=["detached", "branch", "packed", "worktree"],
)
@pytest.mark.parametrize("named", ["", ".git"])
def test_the_version_is_the_commit_of_git(tmp_path: Path, files: dict[str, str], named: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert Config({"GIT": str(tmp_path / named), "APP_VERSION": "2"}).version() == "012345"


def test_a_repository_without_a_commit_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Config({"GIT": str(tmp_path), "APP_VERSION": "2"}).version() == "2"
    assert "no git repository with a commit" in capsys.readouterr().err
