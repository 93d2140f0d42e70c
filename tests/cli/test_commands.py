"""The commands without a hub: exit codes, what they print, and what they leave behind."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from quarterdeck.cli.main import COMMANDS, main
from quarterdeck.cli.target import find_hub, is_alive
from quarterdeck.core.topics import join
from quarterdeck.hub import discovery
from quarterdeck.hub.deck import Deck
from quarterdeck.kinds import all_kinds
from quarterdeck.store.contract import Commit, TopicChange
from quarterdeck.store.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub of this machine is found."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("QUARTERDECK_DECK", raising=False)


@pytest.fixture
def deck(tmp_path: Path) -> str:
    """A deck whose script has run twice, the second time in vain."""
    assert main(["new", "deck", str(tmp_path / "deck")]) == 0
    found = Deck(tmp_path / "deck")
    found.prepare()
    (found.logs / "day.log").write_text("2026-11-21T09:09:39.123456Z O hello\n")
    log = {"file": "day.log", "from": 0, "to": 36}
    changes = []
    for run, state, started, why in (("1a", "done", 10, None), ("1b", "failed", 20, "ValueError: no such port")):
        values = {"script": "first", "hook": "update", "state": state, "started": started, "duration": 1500}
        ops = [["set", field, value] for field, value in {**values, "reason": why, "log": log}.items()]
        changes.append(TopicChange(join("run", run), "run", ops))
    changes.append(TopicChange("script/first", "script", [["set", "state", "idle"], ["set", "attention", True]]))
    store = SqliteStore(found.database, all_kinds())
    store.commit(Commit(id="1", changes=changes))
    store.close()
    return str(found.folder)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"quarterdeck {name}" in said(capsys)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ([], ""),
        (["lss"], "did you mean ls?"),
        (["up", "--prot", "1"], "unrecognized"),
        (["token", "new", "x"], "--scope"),
        (["trigger", "x", "--arg", "novalue"], "K=V"),
        (["new"], "deck|script"),
    ],
)
def test_wrong_use_ends_with_2(arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert hint in capsys.readouterr().err


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert main(["--help"]) == 0
    assert "doctor" in said(capsys)


def test_listings_without_a_hub(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "--deck", deck]) == 0
    assert "first" in said(capsys)
    assert main(["ls", "--deck", deck, "--json"]) == 0
    assert json.loads(said(capsys))[0]["topic"] == "script/first"
    assert main(["status", "--deck", deck]) == 0
    assert "quarterdeck status first" in said(capsys)
    assert main(["status", "first", "--deck", deck]) == 0
    assert "ValueError: no such port" in said(capsys)
    assert main(["status", "--deck", deck, "--json"]) == 0
    assert json.loads(said(capsys))["url"] is None


def test_logs_without_a_hub(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("first", "1b", "run/1a"):
        assert main(["logs", name, "--deck", deck]) == 0
        assert said(capsys).endswith(" O hello\n")
    assert main(["logs", "1a", "-f", "--json", "--deck", deck]) == 0
    assert json.loads(said(capsys).splitlines()[0])["text"] == "hello"


def test_unknown_name_names_the_nearest(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("logs", "status"):
        assert main([command, "frist", "--deck", deck]) == 1
        assert "Did you mean first?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["trigger", "first"], ["cancel", "1a"], ["pause", "first"], ["resume", "first"], ["login-link"], ["watch", "hub"]],
)
def test_what_needs_a_hub_says_so(deck: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--deck", deck]) == 1
    assert "quarterdeck up" in capsys.readouterr().err


def test_tokens_without_a_hub(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "new", "batch", "--scope", "producer", "--deck", deck]) == 0
    token = said(capsys).strip()
    assert token.startswith("qd_")
    assert "\n" not in token
    assert main(["token", "ls", "--deck", deck]) == 0
    listed = said(capsys)
    assert "batch" in listed
    assert token not in listed
    assert main(["token", "rm", "batch", "--deck", deck]) == 0
    assert main(["token", "rm", "batch", "--deck", deck]) == 1


def test_users_without_a_hub(deck: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert main(["user", "add", "ada", "--role", "admin", "--deck", deck]) == 0
    assert main(["user", "ls", "--json", "--deck", deck]) == 0
    assert [(user["name"], user["role"]) for user in json.loads(said(capsys))] == [("ada", "admin")]
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["user", "passwd", "ada", "--deck", deck]) == 1
    assert "10 characters" in capsys.readouterr().err
    assert main(["user", "rm", "ada", "--deck", deck]) == 0


def test_new_does_not_overwrite(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "deck", deck]) == 1
    assert main(["new", "script", "first", "--deck", deck]) == 1
    assert main(["new", "script", "../out", "--deck", deck]) == 1
    assert main(["new", "script", "second", "--deck", deck]) == 0
    assert (Path(deck) / "scripts" / "second" / "layout.html").is_file()


def test_deck_is_found_around_the_folder_and_by_the_environment(
    deck: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(deck) / "scripts")
    assert main(["ls"]) == 0
    assert "first" in said(capsys)
    monkeypatch.chdir(tmp_path)
    assert main(["ls"]) == 1
    assert "--deck" in capsys.readouterr().err
    monkeypatch.setenv("QUARTERDECK_DECK", deck)
    assert main(["ls"]) == 0
    monkeypatch.delenv("QUARTERDECK_DECK")
    discovery.write(discovery.user_file(), {"url": "http://127.0.0.1:1", "deck": deck})
    assert main(["ls"]) == 0


def test_broken_settings_are_told(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    (Path(deck) / "quarterdeck.toml").write_text("[hub]\nprot = 1\n")
    assert main(["ls", "--deck", deck]) == 1
    assert "Did you mean hub.port?" in capsys.readouterr().err


def test_second_writer_is_told_who_has_the_deck(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = SqliteStore(Deck(Path(deck)).database, all_kinds())
    try:
        assert main(["up", deck]) == 1
        assert "in use by process" in capsys.readouterr().err
        assert main(["doctor", "--deck", deck]) == 1
        assert "wrong  store" in said(capsys)
    finally:
        store.close()


def test_doctor_finds_what_is_open_to_others(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    own = Path(deck) / ".quarterdeck"
    own.chmod(0o755)
    assert main(["doctor", "--deck", deck, "--json"]) == 1
    findings = {finding["what"]: finding for finding in json.loads(said(capsys))}
    assert findings["privacy"]["mend"] == f"chmod 700 {own}"
    assert not findings["sqlite"]["mend"]


def test_doctor_says_how_much_lies_in_blobs(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    Deck(Path(deck)).prepare()
    folder = Path(deck) / ".quarterdeck" / "blobs" / "ab"
    folder.mkdir(parents=True)
    (folder / ("ab" * 32)).write_bytes(bytes(1_500_000))
    main(["doctor", "--deck", deck])
    assert "1 kept, 1.5 MB" in said(capsys)


def test_doctor_names_the_bug_of_an_older_sqlite(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    for version, warned in (((3, 40, 1), True), ((3, 51, 3), False)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sqlite3.sqlite_version_info", version)
            main(["doctor", "--deck", deck])
        assert ("WAL-reset" in said(capsys)) is warned


def test_demo_is_copied_into_a_new_folder_only(tmp_path: Path) -> None:
    from quarterdeck.cli.demo import copy_demo
    from quarterdeck.errors import QuarterdeckError

    assert (copy_demo(tmp_path / "demo") / "scripts" / "sample" / "layout.html").is_file()
    with pytest.raises(QuarterdeckError):
        copy_demo(tmp_path / "demo")


def test_token_is_not_shown_to_whoever_has_a_dead_hubs_port(deck: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    said_there = {"url": "http://127.0.0.1:1", "pid": int(ended.stdout), "token": "secret"}
    discovery.write(Deck(Path(deck)).discovery, said_there)
    assert find_hub(Deck(Path(deck))) is None
    assert not is_alive(None)
    assert is_alive(os.getpid())


def test_a_full_disk_is_told_in_words(
    deck: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_deck: Deck) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "hub.json")

    monkeypatch.setattr(Deck, "prepare", full)
    assert main(["up", deck, "--port", "0"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_prune_lets_go_of_what_is_beyond_the_limits(
    deck: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quarterdeck.hub.retention.ending.BETWEEN", 0)
    assert main(["prune", "--dry-run", "--deck", deck]) == 0
    assert "0 runs, 0 failures" in said(capsys)
    with (Path(deck) / "quarterdeck.toml").open("a") as settings:
        settings.write("days = 1\n")
    wanted = {"runs": 1, "failures": 1, "log_files": 0, "log_bytes": 0}
    for arguments in (["--dry-run"], []):
        assert main(["prune", *arguments, "--json", "--deck", deck]) == 0
        assert json.loads(said(capsys)) == wanted
    assert main(["prune", "--json", "--deck", deck]) == 0
    assert json.loads(said(capsys)) == dict.fromkeys(wanted, 0)
    assert main(["status", "first", "--json", "--deck", deck]) == 0
    assert "1a" not in said(capsys)
