"""Requests that took much longer than is usual for their endpoint: what they were doing meanwhile, and what they asked.

The sampling thread notes that a request is slow and takes its stacks; the request itself tells how it ended.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque

from quarterdeck.core.ops import Refused
from quarterdeck.core.plain import check_plain, plain
from quarterdeck.core.topics import join, new_id
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.report import Report, in_words
from quarterdeck.sdk.services.sampling.load import told_cpu, told_memory, used
from quarterdeck.sdk.services.sampling.stack import told_stacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.sampling.load import Used
    from quarterdeck.sdk.services.sampling.stack import Place

A_MINUTE = 5
"""Outliers of an endpoint that a process tells in a minute."""
STACKS = 3
"""Stacks that are taken of one request: when it is found slow, and each time that it has taken twice as long."""
_WAITING = 200
_report = Report()
_MINUTE = 60


class Outliers:
    """Of one service; ``times`` the average of its endpoint is what an outlier takes longer than."""

    def __init__(self, service: str, version: str, times: float) -> None:
        self._service = service
        self._version = version
        self._times = times
        self.forked()

    def forked(self) -> None:
        """In a forked child: what came up before is the parent's to tell."""
        self._news: deque[tuple[dict[str, Any], Slow]] = deque(maxlen=_WAITING)
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def limit(self, endpoint: Endpoint) -> float | None:
        """Microseconds that a request of this endpoint may take; None if that cannot be said yet."""
        usual = endpoint.measured.usual()
        return usual * self._times if usual is not None else None

    def has_room(self, endpoint: Endpoint) -> bool:
        """Whether one more of this endpoint would be told in this minute."""
        return self._count(endpoint.name, 0)

    def note(self, slow: Slow, taken: int, status: int, request: Callable[[], dict[str, Any]]) -> None:
        """A slow request has ended, after so many microseconds; ``request`` says what it was.  Never raises."""
        if not self._count(slow.endpoint.name, 1):
            return
        try:
            self._news.append((self._facts(slow, taken, status, request()), slow))
        except Exception as error:  # a middleware may have put anything where headers belong
            _report("service", f"{in_words(error)} (a slow request of {self._service!r} is not among the outliers)")

    def _facts(self, slow: Slow, taken: int, status: int, request: dict[str, Any]) -> dict[str, Any]:
        return {
            "service": self._service,
            "endpoint": slow.endpoint.name,
            "version": self._version,
            "at": utc_now(),
            "seconds": taken / 1e6,
            "usual": round(slow.usual / 1e6, 6),
            "status": status,
            "request": {**request, "route": slow.endpoint.facts.get("route")},
            "cpu": told_cpu(slow.used, used(slow.ident)),
            "memory": told_memory(),
        }

    def taken(self) -> list[tuple[str, Event]]:
        """What has not been told: topics and their events."""
        told = []
        while self._news:
            facts, slow = self._news.popleft()
            scalars = plain({**facts, "function": slow.function(), "stacks": told_stacks(slow.stacks)})
            shorten(scalars)
            topic = join("service", self._service, "outlier", new_id(facts["at"], random.getrandbits(45)))
            told.append((topic, [["set", field, value] for field, value in scalars.items()]))
        return told

    def _count(self, endpoint: str, more: int) -> bool:
        minute = int(time.monotonic()) // _MINUTE
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            count = self._counts.get(endpoint, 0)
            if count < A_MINUTE:
                self._counts[endpoint] = count + more
            return count < A_MINUTE


def shorten(outlier: dict[str, Any]) -> None:
    """Leave out what makes a field larger than the hub takes: lines of code, later stacks; headers and query."""
    if not _fits(outlier["stacks"]):
        for stack in outlier["stacks"]:
            for frame in stack["frames"]:
                frame.pop("code", None)
    while outlier["stacks"] and not _fits(outlier["stacks"]):
        outlier["stacks"].pop()
    if not _fits(outlier["request"]):
        outlier["request"].update(query=[], headers={})


def _fits(value: Any) -> bool:
    try:
        check_plain(value)
    except Refused:
        return False
    return True


class Slow:
    """A request that takes too long; ``ident`` is its thread, ``next`` its age when its next stack is due (ns)."""

    __slots__ = ("endpoint", "ident", "next", "outliers", "stacks", "used", "usual")

    def __init__(self, outliers: Outliers, endpoint: Endpoint, usual: float, ident: int) -> None:
        self.outliers = outliers
        self.endpoint = endpoint
        self.usual = usual
        self.ident = ident
        self.used: Used = used(ident)
        self.next = 0
        self.stacks: list[tuple[float, list[Place]]] = []

    def see(self, age: int, places: list[Place]) -> None:
        """Its stack at this age (ns)."""
        self.next = 2 * age
        if places and len(self.stacks) < STACKS:
            self.stacks.append((age / 1e9, places))

    def function(self) -> str | None:
        """Where it was found: the innermost function of the user's own, if there is one."""
        from quarterdeck.sdk.services.sampling.stack import own

        names = [code.co_qualname for _, places in self.stacks[:1] for code, _ in places if own(code.co_filename)]
        return names[-1] if names else None
