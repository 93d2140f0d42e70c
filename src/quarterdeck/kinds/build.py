"""What the tests of a web service said, build by build.

``service/<name>/build/<id>``: one run of a test suite, each test repeated ``times`` times.  Scalars: service, at (when
it began, else when it came: microseconds UTC), version (of the service), count, failed, flaky (tests), times,
seconds (one repetition of all tests), provider (of the CI), number, job, url, branch, commit, runner, python (all of
these null if not known).

``service/<name>/build/<id>/results``: what each of its tests did, apart from it, as lists of builds need it not.
Scalars: service, at.
Map tests: name -> {"took": [seconds, one a repetition], "failed": repetitions that failed, "error": what the last of
them said, where that is known, "called": in its topic, if its name is too long for one}.
Map endpoints: name -> {"took": [seconds, one a repetition, where that is known], "hits": requests in all repetitions}.

``service/<name>/test/<name>``: one test.  Scalars: service, name, last (``at`` of its newest build), build (its id),
version, state (failed, flaky: some repetitions failed, or passed), seconds (median), error (or null).
Map endpoints: name -> {"hits": in one repetition, "seconds": median or null}, as of its newest build.
List results: [build, at, version, median, least, greatest seconds, failed repetitions, repetitions], the newest last.
List strip: [state, median seconds], the last of them in short.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Keep, Kind

BUILDS = 100
"""Builds that are kept of a service; and what a test keeps of its own past."""
STRIP = 30
BUILD = Kind(
    "build",
    "service/*/build/*",
    columns=("service", "at", "version", "branch"),
    orders=(("service", "at"),),
    produced=True,
    keep=Keep("at", newest=BUILDS, each=("service",)),
)
RESULTS = Kind(
    "results",
    "service/*/build/*/results",
    fields={"tests": ("map",), "endpoints": ("map",)},
    columns=("service", "at"),
    orders=(("service", "at"),),
    produced=True,
    keep=Keep("at", newest=BUILDS, each=("service",)),
)
TEST = Kind(
    "test",
    "service/*/test/*",
    fields={"endpoints": ("map",), "results": ("list", BUILDS), "strip": ("list", STRIP)},
    columns=("service", "name", "last", "state", "seconds"),
    orders=(("service", "name"), ("service", "state"), ("service", "last")),
    produced=True,
    keep=Keep("last", newest=10_000, days=365, each=("service",)),
)
