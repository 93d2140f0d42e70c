"""Tests of unittest, run and recorded; Django's test runner is one of its kind."""

from __future__ import annotations

import os
import sys
import traceback
import unittest
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.suite.recorder import recorder

if TYPE_CHECKING:
    from types import TracebackType

    Raised = tuple[type[BaseException], BaseException, TracebackType]

PATTERN = "*test*.py"
"""That of Flask-MonitoringDashboard."""


def run(folder: str, times: int) -> None:
    """Discover the tests below ``folder`` and run all of them ``times`` times."""
    top = os.path.abspath(folder)
    while os.path.exists(os.path.join(top, "__init__.py")):
        top = os.path.dirname(top)
    for repetition in range(1, times + 1):
        # Anew, as a suite forgets the tests that it has run.
        suite = unittest.TestLoader().discover(folder, pattern=PATTERN, top_level_dir=top)
        announce(repetition, times)
        runner = unittest.TextTestRunner(resultclass=recorded(repetition))
        runner.run(suite)


def announce(repetition: int, times: int) -> None:
    """Say which repetition begins."""
    if times > 1:
        sys.stderr.write(f"Repetition {repetition} of {times}\n")


def recorded(repetition: int) -> type[unittest.TextTestResult]:
    """The class of results that record this repetition."""
    return type("Recorded", (Recorded,), {"repetition": repetition})


class Recorded(unittest.TextTestResult):
    """Tells the recorder of each test."""

    repetition = 1
    _skipped = False

    def startTest(self, test: unittest.TestCase) -> None:
        """See unittest."""
        super().startTest(test)
        self._skipped = False
        recorder.begin(test.id(), self.repetition)

    def stopTest(self, test: unittest.TestCase) -> None:
        """See unittest."""
        recorder.end(counts=not self._skipped)
        super().stopTest(test)

    def addError(self, test: Any, err: Any) -> None:
        """See unittest.  What fails outside of any test, as setUpClass does, counts as one."""
        super().addError(test, err)
        outside = recorder.running is None
        if outside:
            recorder.begin(test.id(), self.repetition)
        recorder.failed(_said(err))
        if outside:
            recorder.end()

    def addFailure(self, test: Any, err: Any) -> None:
        """See unittest."""
        super().addFailure(test, err)
        recorder.failed(_said(err))

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        """See unittest."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            recorder.failed(f"{subtest}: {_said(err)}")

    def addUnexpectedSuccess(self, test: Any) -> None:
        """See unittest."""
        super().addUnexpectedSuccess(test)
        recorder.failed("unexpected success")

    def addSkip(self, test: Any, reason: str) -> None:
        """See unittest."""
        super().addSkip(test, reason)
        self._skipped = True


def _said(err: Raised) -> str:
    return "".join(traceback.format_exception_only(err[0], err[1])).strip()
