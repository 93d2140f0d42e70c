"""What is recorded while tests run: each repetition of each test, and the requests that it makes.

One process runs one test at a time; its requests may come from any thread.
"""

from __future__ import annotations

import time

from quarterdeck.sdk.clock import utc_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Key = tuple[str, int]

_ERROR = _NAME = 2000
"""Characters that are kept of what a test said, and of a name."""


class Ran:
    """One repetition of a test: when it began (microseconds UTC), how long it took (seconds), and what it said."""

    __slots__ = ("began", "error", "name", "repetition", "seconds", "successful")

    def __init__(self, name: str, repetition: int, began: int) -> None:
        self.name = name
        self.repetition = repetition
        self.began = began
        self.seconds = 0.0
        self.successful = True
        self.error = ""


class Requests:
    """Those of one repetition of a test to one endpoint; ``seconds`` is the sum, None if it is not known."""

    __slots__ = ("hits", "seconds")

    def __init__(self, hits: int = 0, seconds: float | None = 0.0) -> None:
        self.hits = hits
        self.seconds = seconds


class Recorder:
    """Everything that one run of a suite says; ``service`` is what its processes have bound, if they told."""

    def __init__(self) -> None:
        self.runs: list[Ran] = []
        self.requests: dict[tuple[str, int, str], Requests] = {}
        self.service: str | None = None
        self._running: Ran | None = None
        self._begun = 0

    def begin(self, name: str, repetition: int) -> None:
        """A test begins."""
        self._running = Ran(name[:_NAME], repetition, utc_now())
        self._begun = time.perf_counter_ns()

    def failed(self, error: str) -> None:
        """The test that runs has not passed."""
        if self._running is not None:
            self._running.successful = False
            self._running.error = error[:_ERROR]

    def end(self, *, seconds: float | None = None, counts: bool = True) -> None:
        """It has ended; ``seconds`` if somebody else measured it.  What was skipped does not count."""
        ran, self._running = self._running, None
        if ran is not None and counts:
            ran.seconds = (time.perf_counter_ns() - self._begun) / 1e9 if seconds is None else seconds
            self.runs.append(ran)

    @property
    def running(self) -> Key | None:
        """The repetition of a test that runs now."""
        ran = self._running
        return None if ran is None else (ran.name, ran.repetition)

    def asked(self, test: Key | None, endpoint: str, seconds: float | None, hits: int = 1) -> None:
        """Requests that began while ``test`` ran (None: outside of any, they do not count)."""
        if test is None:
            return
        # Of two threads that come at once the first one's is kept.
        found = self.requests.setdefault((*test, endpoint[:_NAME]), Requests(0, None if seconds is None else 0.0))
        found.hits += hits
        if seconds is not None:
            found.seconds = (found.seconds or 0.0) + seconds

    # --- between processes

    def told(self) -> dict[str, Any]:
        """In plain values."""
        runs = [[ran.name, ran.repetition, ran.began, ran.seconds, ran.successful, ran.error] for ran in self.runs]
        asked = [[*key, found.hits, found.seconds] for key, found in self.requests.items()]
        return {"runs": runs, "requests": asked}

    def add(self, told: dict[str, Any]) -> None:
        """What another process has told."""
        self.service = told.get("service") or self.service
        for name, repetition, began, seconds, successful, error in told["runs"]:
            ran = Ran(name, repetition, began)
            ran.seconds, ran.successful, ran.error = seconds, successful, error
            self.runs.append(ran)
        for name, repetition, endpoint, hits, seconds in told["requests"]:
            self.asked((name, repetition), endpoint, seconds, hits)


recorder = Recorder()
"""Of this process."""
