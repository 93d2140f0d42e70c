"""What is posted to ``/submit-test-results``: both formats of Flask-MonitoringDashboard, and ours, which extends the
second.

The first has ``test_runs`` and ``grouped_tests``, the second ``test_runs``, ``endpoint_exec_times``, ``app_version``
and ``travis_job``.  What things took is in milliseconds.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from quarterdeck.core.ops import Refused

LARGEST = 16 << 20
"""Bytes of a submission: 5000 tests with ten repetitions take a tenth of it."""
MOST_TESTS = 5000
MOST_TIMES = 1000

Name = Annotated[str, Meta(min_length=1, max_length=2000)]
Word = Annotated[str, Meta(max_length=500)]
Link = Annotated[str, Meta(max_length=2000, pattern="^https?://")]
Number = Annotated[int, Meta(ge=0, lt=2**53)]
Count = Annotated[int, Meta(ge=1, le=MOST_TIMES)]
Milliseconds = Annotated[float, Meta(ge=0, le=1e9)]


class Ran(Struct, forbid_unknown_fields=True):
    """One repetition of a test."""

    name: Name
    exec_time: Milliseconds
    successful: bool
    time: Word = ""
    iter: Count = 1
    error: str = ""


class Grouped(Struct, forbid_unknown_fields=True):
    """A test asks this endpoint."""

    endpoint: Name
    test_name: Name


class Asked(Struct, forbid_unknown_fields=True):
    """A request of a test, or several: ``hits`` in one repetition, which took so long on average."""

    endpoint: Name
    exec_time: Milliseconds
    test_name: Name
    iter: Count | None = None
    hits: Annotated[int, Meta(ge=1, le=10**9)] = 1


class Job(Struct, forbid_unknown_fields=True):
    """The job of the CI."""

    provider: Word | None = None
    number: Word | None = None
    job: Word | None = None
    url: Link | None = None
    branch: Word | None = None
    commit: Word | None = None


class Submission(Struct, forbid_unknown_fields=True):
    """All that one run of a test suite said."""

    test_runs: list[Ran]
    grouped_tests: list[Grouped] = []
    endpoint_exec_times: list[Asked] = []
    app_version: Word | None = None
    travis_job: Word | Number | None = None
    service: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    ci: Job | None = None
    runner: Word | None = None
    python: Word | None = None


def read(body: bytes) -> Submission:
    """Raises Refused, with the place of what is not as it should be."""
    try:
        found = msgspec.json.decode(body, type=Submission)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "docs/tests-and-ci.md shows the three formats; quarterdeck collect sends the newest"
        raise Refused("results-malformed", f"these are no test results: {error}", hint) from None
    if not found.test_runs:
        hint = "look whether TEST_DIR (--test-folder) is the folder of the tests"
        raise Refused("results-empty", "there is no test in these results", hint)
    times = Counter(ran.name for ran in found.test_runs)
    if len(times) > MOST_TESTS:
        hint = "collect them in parts: quarterdeck collect --test-folder DIR --service NAME"
        raise Refused("results-too-many", f"there are more than {MOST_TESTS} tests in these results", hint)
    name, most = times.most_common(1)[0]
    if most > MOST_TIMES:
        hint = "run each test less often: --times N"
        raise Refused("results-too-many", f"{name} has run more than {MOST_TIMES} times in these results", hint)
    return found


def began(submission: Submission, now: int) -> int:
    """When the first test ran (microseconds UTC), if the times name their zone; else ``now``, and never after it."""
    times = [_moment(ran.time) for ran in submission.test_runs]
    known = [time for time in times if time is not None]
    return min([*known, now]) if len(known) == len(times) else now


def _moment(text: str) -> int | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.tzinfo is None:  # of a clock somewhere
        return None
    return round((time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)
