"""How a program ended, in words; and what its command line means."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from quarterdeck.cli.run import RunError, read
from quarterdeck.core.endings import kills_in
from quarterdeck.program import child, ended
from quarterdeck.sdk.jobs.process import PARENT, Descent, descent
from quarterdeck.sdk.own import OWN


@pytest.mark.parametrize(
    ("code", "state", "reason", "shown"),
    [
        (0, "done", "it came to its end", 0),
        (3, "failed", "it ended with exit code 3", 3),
        (-signal.SIGINT, "interrupted", "it was killed by SIGINT", None),
        (-signal.SIGTERM, "interrupted", "it was killed by SIGTERM", None),
        (-signal.SIGSEGV, "lost", "it was killed by SIGSEGV", None),
        (-64, "lost", "it was killed by SIGRTMAX", None),
    ],
)
def test_the_end_in_words(code: int, state: str, reason: str, shown: int | None) -> None:
    found = ended.ended(code, None, stopped=False)
    assert (found.state, found.reason, found.code) == (state, reason, shown)


def test_what_was_asked_for_is_an_interruption_however_it_ended() -> None:
    assert ended.ended(0, None, stopped=True).state == "interrupted"
    assert ended.ended(1, None, stopped=True).reason == "somebody stopped it: it ended with exit code 1"


def test_a_kill_for_want_of_memory_is_told_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ended, "times_short", lambda: 4)
    killed = -signal.SIGKILL
    assert "the system was short of memory" in ended.ended(killed, 3, stopped=False).reason
    assert "less at once" in ended.ended(killed, 3, stopped=False).hint
    assert ended.ended(killed, 4, stopped=False).reason.endswith("it was not the system for want of memory")
    assert kills_in("a 1\noom_kill 7\n") == 7
    assert kills_in("") is None


@pytest.mark.parametrize(
    ("words", "arguments", "name"),
    [
        (["a/b.py", "--name", "x"], ["a/b.py", "--name", "x"], "b.py"),
        (["--name", "x", "b.py"], ["b.py"], "x"),
        (["--name=x y", "--", "b.py", "--"], ["b.py", "--"], "x y"),
        (["-m", "some.module", "-c"], ["-m", "some.module", "-c"], "some.module"),
        (["-c", "print(1)"], ["-c", "print(1)"], "-c"),
        (["-"], ["-"], "-"),
    ],
)
def test_what_follows_the_program_is_the_programs(words: list[str], arguments: list[str], name: str) -> None:
    assert read(words) == (arguments, name)


@pytest.mark.parametrize("words", [[], ["--"], ["-m"], ["-c"], ["--name"], ["--name", "x"], ["-x", "b.py"], ["--help"]])
def test_what_is_no_program_says_how_it_is_used(words: list[str]) -> None:
    with pytest.raises(RunError) as raised:
        read(words)
    assert raised.value.code == "usage-program"
    assert "FILE" in raised.value.hint


@pytest.mark.parametrize("python", ["python", "python3", "python3.11"])
def test_python_before_the_file_is_told_to_be_too_much(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match=f"no file {python} here") as raised:
        read([python, "-m", "some.module"])
    assert raised.value.hint.endswith("quarterdeck run -m some.module")
    (tmp_path / python).touch()
    assert read([python, "x"]) == ([python, "x"], python)


def test_a_program_knows_its_job_and_what_it_starts_does_not_take_it_for_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = child.environment({"PYTHONPATH": "/x"}, Descent("1", None, None, stops=True), os.getppid())
    assert told["PYTHONPATH"] == f"{child.SITE}{os.pathsep}/x"
    assert child.environment(told, Descent("1", None, None), 1)["PYTHONPATH"] == told["PYTHONPATH"]
    for name in (PARENT, OWN):
        monkeypatch.setenv(name, told[name])
    own = descent("2")
    assert (own.id, own.program, own.parent, own.stops, own.told) == ("1", "1", None, True, True)
    monkeypatch.setenv(OWN, "1/1")
    other = descent("2")
    assert (other.id, other.program, other.parent, other.stops, other.told) == ("2", "1", "1", True, False)
