"""``quarterdeck collect``: a project's own tests, several times, with the endpoints that they ask."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from quarterdeck.sdk.suite.suite import Wanted

RUNNERS = ("unittest", "pytest", "django")
_PYTEST_FILES = ("pytest.ini", ".pytest.ini", "pytest.toml", "conftest.py")
_PYTEST_SECTIONS = {"pyproject.toml": "[tool.pytest", "setup.cfg": "[tool:pytest]", "tox.ini": "[pytest]"}
_PYTEST_TESTS = re.compile(r"^(?:async )?def test|^(?:import|from) pytest\b", re.MULTILINE)
_LOOKED_AT = 1000


class CollectError(QuarterdeckError):
    """``code`` is usage-tests or tests-broken-off."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments; those with an underscore are Flask-MonitoringDashboard's."""
    parser.add_argument(
        "--test-folder", "--test_folder", metavar="DIR", help="the folder of the tests (default: TEST_DIR, or here)"
    )
    parser.add_argument("--times", type=int, metavar="N", help="how often each test is run (default: N, or once)")
    parser.add_argument(
        "--url", help="where the results go: a hub, or a dashboard in an application (default: SUBMIT_RESULTS_URL)"
    )
    parser.add_argument("--token", help="a producer's token (default: QUARTERDECK_TOKEN)")
    parser.add_argument("--service", metavar="NAME", help="the service that the tests are of")
    parser.add_argument("--runner", choices=RUNNERS, help="what runs the tests (default: what the project uses)")
    parser.add_argument("--output", metavar="FILE", help="the file of the results (default: quarterdeck-tests.json)")
    parser.add_argument("--send", metavar="FILE", help="run nothing: send the results that are in this file")


def run(options: argparse.Namespace) -> int:
    """0 if all tests passed, and their results arrived where they were sent."""
    from quarterdeck.sdk.services.configuration.config import config
    from quarterdeck.sdk.suite.recorder import recorder
    from quarterdeck.sdk.suite.suite import Suite, Wanted

    wanted = Wanted(options.url, options.token, options.service, options.output, options.times, options.test_folder)
    if options.times is not None and options.times < 1:
        raise CollectError("usage-tests", f"--times {options.times} is no number of times.", "Give one from 1 on.")
    if options.send is not None:
        return _send(options.send, wanted)
    config.from_file()
    folder = options.test_folder or config.test_dir or "."
    if not os.path.isdir(folder):
        raise CollectError("usage-tests", f"There is no folder {folder}.", "Name that of the tests: --test-folder DIR")
    runner = options.runner or choose(Path(folder))
    suite = Suite(recorder, wanted, runner)
    suite.prepare()
    _run_tests(runner, folder, suite.times)
    arrived = suite.finish(print)
    return 0 if arrived and all(row["successful"] for row in suite.results["test_runs"]) else 1


def choose(folder: Path) -> str:
    """What the project uses: pytest if it says so, else Django's runner if it is one of Django, else by its tests."""
    here = Path.cwd()
    if any((place / name).exists() for place in (here, folder) for name in _PYTEST_FILES):
        return "pytest"
    if any(mark in _text(here / name) for name, mark in _PYTEST_SECTIONS.items()):
        return "pytest"
    if (here / "manage.py").exists():
        return "django"
    return "pytest" if any(_PYTEST_TESTS.search(_text(path)) for path in _tests(folder)) else "unittest"


def _run_tests(runner: str, folder: str, times: int) -> None:
    from quarterdeck.integrations.suite.entering import record

    # As ``python -m`` has it: the project's own modules are found from its folder.
    sys.path.insert(0, os.getcwd())
    record()
    if runner == "pytest":
        _run_pytest(folder, times)
    elif runner == "django":
        from quarterdeck.integrations.suite import django_runner

        django_runner.run(folder, times)
    else:
        from quarterdeck.integrations.suite import unittest

        unittest.run(folder, times)


def _run_pytest(folder: str, times: int) -> None:
    if importlib.util.find_spec("pytest") is None:
        raise CollectError("usage-tests", "These are tests of pytest, which is not installed.", "pip install pytest")
    import pytest

    from quarterdeck.integrations.suite.pytest import WHOLE, Recording
    from quarterdeck.sdk.suite.recorder import recorder

    # One test after the other: beside each other they would measure each other.
    alone = ["-n0"] if importlib.util.find_spec("xdist") is not None else []
    # The plugin comes with the package, which this command has imported before pytest could rewrite its asserts.
    imported = "-Wignore:Module already imported so cannot be rewritten; quarterdeck:pytest.PytestAssertRewriteWarning"
    code = pytest.main([folder, imported, *alone], plugins=[Recording(recorder, times)])
    if code not in WHOLE:
        hint = "What pytest says above is why; nothing was written or sent."
        raise CollectError(
            "tests-broken-off", f"The tests did not run to their end: pytest ended with {int(code)}.", hint
        )


def _send(file: str, wanted: Wanted) -> int:
    from quarterdeck.sdk.services.configuration.config import config
    from quarterdeck.sdk.suite.suite import deliver

    config.from_file()
    if wanted.url is None and config.submit_results_url is None:
        raise CollectError("usage-tests", "It is not said where to send the results.", "Add --url URL")
    try:
        body = Path(file).read_bytes()
    except OSError as error:
        hint = "quarterdeck collect writes quarterdeck-tests.json"
        raise CollectError("usage-tests", f"{file} cannot be read: {error.strerror}.", hint) from None
    return 0 if deliver(body, wanted, print, file) else 1


def _tests(folder: Path) -> Iterator[Path]:
    for looked, path in enumerate(sorted(folder.rglob("*test*.py"))):
        if looked >= _LOOKED_AT:
            return
        yield path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
