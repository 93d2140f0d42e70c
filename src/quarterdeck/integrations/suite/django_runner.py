"""Tests of a Django project, by the test runner of its settings, with its test databases."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.suite.unittest import PATTERN, announce, recorded

if TYPE_CHECKING:
    import unittest

_SETTINGS = "DJANGO_SETTINGS_MODULE"


def run(folder: str, times: int) -> None:
    """Run the tests below ``folder`` ``times`` times, as ``manage.py test`` does."""
    if _SETTINGS not in os.environ:
        with open("manage.py", encoding="utf-8") as file:
            found = re.search(rf"""["']{_SETTINGS}["']\s*,\s*["']([\w.]+)["']""", file.read())
        if found is not None:
            os.environ[_SETTINGS] = found[1]
    import django  # it is the project's
    from django.conf import settings
    from django.test.utils import get_runner

    django.setup()

    class Runner(get_runner(settings)):  # type: ignore[misc]  # whatever the project has
        repetition = 1

        def get_resultclass(self) -> type[unittest.TextTestResult]:
            """See Django."""
            return recorded(self.repetition)

        def run_suite(self, suite: Any, **kwargs: Any) -> Any:
            """See Django."""
            result = None
            for self.repetition in range(1, times + 1):
                announce(self.repetition, times)
                # A suite forgets the tests that it has run.
                again = suite if self.repetition == 1 else self.build_suite([folder])
                result = super().run_suite(again, **kwargs)
            return result

    Runner(pattern=PATTERN, interactive=False).run_tests([folder])
