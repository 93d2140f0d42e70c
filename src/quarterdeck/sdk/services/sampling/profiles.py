"""Where the time of a service's requests goes: of endpoints of level 3 always, of others while somebody asks for it."""

from __future__ import annotations

import threading
import time

from quarterdeck.core.plain import plain
from quarterdeck.core.topics import join
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.services.levels import PROFILED
from quarterdeck.sdk.services.sampling.tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.sampling.stack import Place

LONGEST = 3600.0
"""Seconds that may be asked for."""
ANEW = 600.0
"""Seconds after which a tree begins anew: its nodes are told again, in case the hub has let them go."""


class Profiles:
    """Of one service.  The sampling thread adds to them, the service's own thread tells them; no request waits here."""

    def __init__(self, service: str, version: str, period: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.period = period * 1_000_000
        self._service = service
        self._version = version
        self._clock = clock
        self.forked()

    def forked(self) -> None:
        """In a forked child: what was sampled before is the parent's to tell."""
        self._lock = threading.Lock()
        self._trees: dict[str, Sampled] = {}
        self._asked: dict[str | None, float] = {}
        self._levels = False

    def see_levels(self, endpoints: Iterable[Endpoint]) -> None:
        """Levels may have changed."""
        self._levels = any(endpoint.level >= PROFILED for endpoint in endpoints)

    def take(self, told: dict[str, Any]) -> None:
        """What the hub tells: for how many ``seconds`` to sample an ``endpoint`` (None: all) from now on.

        What is known of it begins anew.
        """
        endpoint, seconds = told.get("endpoint"), told.get("seconds")
        if not isinstance(endpoint, str | None) or not isinstance(seconds, int | float):
            return
        with self._lock:
            self._asked[endpoint] = self._clock() + min(seconds, LONGEST)
            for name in [name for name in self._trees if endpoint in (None, name)]:
                del self._trees[name]

    @property
    def on(self) -> bool:
        """Whether any endpoint is to be sampled."""
        return self._levels or any(until > self._clock() for until in list(self._asked.values()))

    def wants(self, endpoint: Endpoint) -> bool:
        """Whether this one is."""
        asked = max(self._asked.get(endpoint.name, 0.0), self._asked.get(None, 0.0))
        return endpoint.level >= PROFILED or asked > self._clock()

    def add(self, endpoint: Endpoint, places: list[Place], nanoseconds: int) -> None:
        """A request of it was here, and so it was for so long, for all that is known."""
        with self._lock:
            sampled = self._trees.get(endpoint.name)
            now = self._clock()
            if sampled is None or (now - sampled.since > ANEW and not sampled.tree):
                sampled = self._trees[endpoint.name] = Sampled(now)
            sampled.tree.add(places)
            sampled.samples += 1
            sampled.microseconds += nanoseconds // 1000

    def taken(self) -> list[tuple[str, Event]]:
        """What has not been told: topics and their events."""
        with self._lock:
            return [
                (join("service", self._service, "profile", name), self._event(name, sampled))
                for name, sampled in self._trees.items()
                if sampled.tree
            ]

    def _event(self, endpoint: str, sampled: Sampled) -> Event:
        nodes, counts = sampled.tree.taken()
        totals = {"samples": sampled.samples, "us": sampled.microseconds}
        sampled.samples = sampled.microseconds = 0
        scalars: dict[str, Any] = {
            "service": self._service,
            "endpoint": endpoint,
            "version": self._version,
            "period": self.period // 1_000_000,
            "last": utc_now(),
        }
        ops: Event = [["set", field, plain(value)] for field, value in scalars.items()]
        if nodes:
            ops.append(["put", "nodes", plain(nodes)])
        return [*ops, ["add", "samples", counts], ["add", "totals", totals]]


class Sampled:
    """The tree of one endpoint, and how many samples are not told yet, and how long they stand for."""

    __slots__ = ("microseconds", "samples", "since", "tree")

    def __init__(self, since: float) -> None:
        self.since = since
        self.tree = Tree()
        self.samples = self.microseconds = 0
