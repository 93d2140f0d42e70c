"""From what was sent to what is told: the operations on a build and on each of its tests.  Pure."""

from __future__ import annotations

import hashlib
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.core.ops import sets
from quarterdeck.core.topics import join, segment
from quarterdeck.kinds.build import BUILDS, STRIP

if TYPE_CHECKING:
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.builds.formats import Job, Submission

_LONGEST_NAME = 240  # of a segment: names of topics have at most 512 characters
_ERROR = 2000
_SAMPLES = 100
_MS = 1000


class Arrival(NamedTuple):
    """Whose results came, which build they are, when it began (microseconds UTC), and of which version."""

    service: str
    build: str
    at: int
    version: str | None

    @property
    def topic(self) -> str:
        """The build's."""
        return join("service", self.service, "build", self.build)


class Tested:
    """What one test did in all repetitions; seconds."""

    __slots__ = ("endpoints", "error", "failed", "took")

    def __init__(self) -> None:
        self.took: list[float] = []
        self.failed = 0
        self.error = ""
        self.endpoints: dict[str, Requests] = {}

    @property
    def state(self) -> str:
        """In a word."""
        if not self.failed:
            return "passed"
        return "failed" if self.failed == len(self.took) else "flaky"


class Requests:
    """To one endpoint; seconds by repetition, those without one together."""

    __slots__ = ("hits", "took")

    def __init__(self) -> None:
        self.hits = 0
        self.took: dict[int | None, list[tuple[float, int]]] = {}

    def add(self, seconds: float, hits: int, repetition: int | None) -> None:
        """So many requests, which took so long on average."""
        self.hits += hits
        self.took.setdefault(repetition, []).append((seconds, hits))

    def samples(self) -> list[float]:
        """One value a repetition: the mean; each request's own where nobody said in which it was."""
        found = [
            sum(seconds * hits for seconds, hits in took) / sum(hits for _, hits in took)
            for repetition, took in sorted(self.took.items(), key=lambda item: item[0] or 0)
            if repetition is not None
        ]
        return found + [seconds for seconds, _ in self.took.get(None, [])]


def sorted_out(submission: Submission) -> dict[str, Tested]:
    """The tests by their names."""
    tests: dict[str, Tested] = {}
    for ran in sorted(submission.test_runs, key=lambda ran: ran.iter):
        test = tests.setdefault(ran.name, Tested())
        test.took.append(ran.exec_time / _MS)
        if not ran.successful:
            test.failed += 1
            test.error = ran.error[:_ERROR]
    for asked in submission.endpoint_exec_times:
        if asked.test_name in tests:
            found = tests[asked.test_name].endpoints.setdefault(asked.endpoint, Requests())
            found.add(asked.exec_time / _MS, asked.hits, asked.iter)
    for grouped in submission.grouped_tests:
        if grouped.test_name in tests:
            tests[grouped.test_name].endpoints.setdefault(grouped.endpoint, Requests())
    return tests


def event_of_build(arrival: Arrival, submission: Submission, tests: dict[str, Tested]) -> Event:
    """The operations that tell the build."""
    times = max(len(test.took) for test in tests.values())
    states = [test.state for test in tests.values()]
    scalars = {
        "service": arrival.service,
        "at": arrival.at,
        "version": arrival.version,
        "count": len(tests),
        "failed": states.count("failed"),
        "flaky": states.count("flaky"),
        "times": times,
        "seconds": _rounded(sum(median(test.took) for test in tests.values())),
        **_job(submission),
        "runner": submission.runner,
        "python": submission.python,
    }
    return sets(**scalars)


def event_of_results(arrival: Arrival, tests: dict[str, Tested]) -> Event:
    """The operations that tell what each test of the build did."""
    told = {name: _test_entry(name, test) for name, test in tests.items()}
    scalars = sets(service=arrival.service, at=arrival.at)
    return [*scalars, ["put", "tests", told], ["put", "endpoints", _endpoint_entries(tests)]]


def event_of_test(arrival: Arrival, name: str, test: Tested, last: int = 0) -> Event:
    """The operations that tell one test; ``last`` is when the newest build began that is known of it."""
    took = sorted(test.took)
    middle = _rounded(median(took))
    scalars = {
        "service": arrival.service,
        "name": name,
        "last": arrival.at,
        "build": arrival.build,
        "version": arrival.version,
        "state": test.state,
        "seconds": middle,
        "error": test.error or None,
    }
    ends = (_rounded(took[0]), _rounded(took[-1]))
    result = [arrival.build, arrival.at, arrival.version, middle, *ends, test.failed, len(took)]
    endpoints = {name: _asked_entry(found, len(took)) for name, found in test.endpoints.items()}
    told: Event = [["push", "results", [result], BUILDS], ["push", "strip", [[test.state, middle]], STRIP]]
    return told if arrival.at < last else [*sets(**scalars), ["set", "endpoints", endpoints], *told]


def topic_of_test(service: str, name: str) -> str:
    """A test's topic."""
    return join("service", service, "test", _short(name))


def _short(name: str) -> str:
    """The name; one that is too long for a topic ends in a hash of it."""
    if len(segment(name)) <= _LONGEST_NAME:
        return name
    return f"{name[:20]}~{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _test_entry(name: str, test: Tested) -> dict[str, Any]:
    entry: dict[str, Any] = {"took": [_rounded(seconds) for seconds in test.took], "failed": test.failed}
    if test.error:
        entry["error"] = test.error
    if _short(name) != name:
        entry["called"] = _short(name)
    return entry


def _asked_entry(found: Requests, times: int) -> dict[str, Any]:
    samples = found.samples()
    hits = round(found.hits / max(times, 1), 2)
    return {"hits": hits if samples else None, "seconds": _rounded(median(samples)) if samples else None}


def _endpoint_entries(tests: dict[str, Tested]) -> dict[str, Any]:
    whole: dict[str, Requests] = {}
    for test in tests.values():
        for name, found in test.endpoints.items():
            into = whole.setdefault(name, Requests())
            for repetition, took in found.took.items():
                for seconds, hits in took:
                    into.add(seconds, hits, repetition)
    return {
        name: {"took": [_rounded(seconds) for seconds in _thinned(found.samples())], "hits": found.hits}
        for name, found in whole.items()
    }


def _thinned(samples: list[float]) -> list[float]:
    """At most so many, evenly taken from the least to the greatest."""
    if len(samples) <= _SAMPLES:
        return samples
    ordered = sorted(samples)
    return [ordered[place * (len(ordered) - 1) // (_SAMPLES - 1)] for place in range(_SAMPLES)]


def _job(submission: Submission) -> dict[str, Any]:
    job: Job | None = submission.ci
    if job is not None:
        return {field: getattr(job, field) for field in job.__struct_fields__}
    travis = None if submission.travis_job is None else str(submission.travis_job)
    provider = None if travis is None else "Travis CI"
    return {"provider": provider, "number": travis, "job": None, "url": None, "branch": None, "commit": None}


def _rounded(seconds: float) -> float:
    return round(seconds, 6)
