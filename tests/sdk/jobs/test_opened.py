"""What is told of an error that ended a job."""

from __future__ import annotations

from quarterdeck.sdk.jobs.opened import redacted, told_of

WORKER = """

Exception occurred in Worker-3 with the following arguments:
Arg 0: 'hunter2'
Arg key: 'two
lines'
Traceback (most recent call last):
  File "scan.py", line 6, in resize
ValueError: broken
"""


def test_values_of_arguments_are_not_told() -> None:
    error = ValueError("broken")
    error.__cause__ = RuntimeError(WORKER)
    told = told_of(error)["traceback"]
    assert "hunter2" not in told
    assert "lines" not in told
    assert "in Worker-3 with arguments that are hidden:\nTraceback (most recent call last):\n  File" in told
    assert told.endswith("ValueError: broken\n")


def test_colours_of_a_terminal_are_not_told() -> None:
    error = ValueError("broken")
    error.__cause__ = RuntimeError('File \x1b[36m"a.py"\x1b[39;49;00m, line \x1b[34m6\x1b[39;49;00m')
    assert 'RuntimeError: File "a.py", line 6\n' in told_of(error)["traceback"]


def test_what_has_none_stays_as_it_is() -> None:
    text = "with the following arguments:\nno traceback comes"
    assert redacted(text) == text
