"""What a program is called where nobody says it."""

from __future__ import annotations

import sys

import pytest

from quarterdeck.sdk.default import program_name


@pytest.mark.parametrize(
    ("started", "name"),
    [("/x/train.py", "train.py"), ("/lib/pytest/__main__.py", "pytest"), ("__main__.py", "__main__.py"), ("-c", "-c")],
)
def test_a_program_is_called_as_it_was_started(started: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [started, "secret"])
    assert program_name() == name
