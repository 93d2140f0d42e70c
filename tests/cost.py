"""The CPU time that the tests may take: in seconds of a machine of the usual pace, so that a slow hour fails nobody."""

from __future__ import annotations

import argparse
import inspect
import os
import time

import pytest

USUAL = 0.02
"""CPU seconds of the measured work on the machine on which the limit was chosen."""
DOUBT = 1.25
"""So well is the pace known: on a busy machine it changes while it is measured."""
_EVERY = 100  # tests
_SOURCE = inspect.getsource(argparse)


class Cost:
    """Registered by ``--cpu-limit``: fails the run if it and its children took more."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._paces = [pace()]
        self._tests = 0
        self._said = ""

    def pytest_runtest_logfinish(self) -> None:
        """See now and then how fast the machine is."""
        self._tests += 1
        if self._tests % _EVERY == 0:
            self._paces.append(pace())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge."""
        spent = sum(os.times()[:4]) - sum(self._paces)
        slower = max(1.0, sum(self._paces) / len(self._paces) / USUAL)
        allowed = self._limit * slower * DOUBT
        self._said = f"{spent:.1f} s of CPU; {allowed:.1f} s are allowed (the machine is at 1/{slower:.2f} of its pace)"
        if spent > allowed:
            self._said += ": find what is slow by --durations=30, and mark it `long` or move it to tests/e2e"
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say so."""
        terminalreporter.write_line(self._said)


def pace() -> float:
    """CPU seconds of a fixed piece of work, which needs the memory as much as tests do."""
    began = time.process_time()
    compile(_SOURCE, "argparse.py", "exec")
    made = {number: {"k": [number, str(number)]} for number in range(20_000)}
    made.clear()
    return time.process_time() - began
