"""The thread that looks at requests while they are under way: one a process, for all its services.

Requests that arrive enter ``flights`` and leave it when they end; that is all they do.  The thread looks at them now
and then, and sleeps while there are none: what is over within 20 ms is never seen.  It holds no lock that a request
needs, and spends at most a fiftieth of its time on looking.
"""

from __future__ import annotations

import threading
import time

from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.coroutines import current_frames, places_in_loop
from quarterdeck.sdk.services.levels import OUTLIERS
from quarterdeck.sdk.services.outliers import Slow
from quarterdeck.sdk.services.stack import places_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from types import FrameType
    from typing import Any, Protocol

    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service
    from quarterdeck.sdk.services.stack import Place

    class Monitored(Protocol):
        """The integration that a request came in by; ``shared`` is what WSGI and ASGI call environ and scope.

        ``loops`` are the event loops of asyncio that it was called in, by their threads.
        """

        @property
        def loops(self) -> Mapping[int, Any]: ...
        @property
        def service(self) -> Service: ...
        def find(self, shared: Any, /) -> Endpoint | None: ...

    Flight = tuple[Monitored, Any, int, int]
    """A request under way: by which integration, its environ or scope, when it began (of ``perf_counter_ns``), its
    thread.  A tuple, since every request makes one."""

_MS = 1_000_000
LOOK = 20 * _MS
SHARE = 50
FORGOTTEN = 3600 * 1000 * _MS
"""After an hour a request is looked at no more: a server may have lost it without a word."""
NEVER = 1 << 62
_report = Report()


class Sampler:
    """All times are nanoseconds.  ``awake`` is whether the thread will look by itself; who finds it False wakes it.

    A request has the same key in ``flights``, where it enters itself, and in ``slow``, where it finds at its end that
    it took too long.
    """

    def __init__(self, frames: Callable[[], dict[int, FrameType]] = current_frames) -> None:
        self.flights: dict[Hashable, Flight] = {}
        self.slow: dict[Hashable, Slow] = {}
        self._frames = frames
        self.forked()

    def forked(self) -> None:
        """In a forked child: its parent answers what was under way."""
        self.flights.clear()
        self.slow.clear()
        self.awake = False
        self._bell = threading.Lock()
        self._started = threading.Lock()

    def wake(self) -> None:
        """A request is under way: look at it."""
        self.awake = True
        if self._started.acquire(blocking=False):
            try:
                threading.Thread(target=self._run, name="quarterdeck-sampling", daemon=True).start()
            except RuntimeError:
                return  # The interpreter is shutting down, or has no threads: nothing is looked at.
        elif self._bell.locked():
            try:
                self._bell.release()
            except RuntimeError:
                return  # Another request has just rung it.

    def _run(self) -> None:
        while True:
            began = time.perf_counter_ns()
            seen = self.flights.copy()
            due = self.look(seen, began)
            pause = max(LOOK, SHARE * (time.perf_counter_ns() - began))
            if due <= pause:
                time.sleep(pause / 1e9)
                continue
            self._bell.acquire(blocking=False)
            self.awake = False
            if all(key in seen for key in self.flights.copy()):
                del seen  # it would keep requests alive that have ended
                self._bell.acquire(timeout=-1 if due >= NEVER else due / 1e9)
            self.awake = True

    def look(self, flights: dict[Hashable, Flight], now: int) -> int:
        """Take the stacks of those that are slow; in how long the next of these is due, ``NEVER`` if none is."""
        for key in [key for key in self.slow.copy() if key not in flights]:
            self.slow.pop(key, None)  # it ended while it was found slow
        due = NEVER
        for key, flight in flights.items():
            try:
                due = min(due, self._attend(key, flight, now))
            except Exception as error:
                _report("service", f"{type(error).__name__}: {error} (a slow request was not looked at)")
        return due

    def _attend(self, key: Hashable, flight: Flight, now: int) -> int:
        age, slow = now - flight[2], self.slow.get(key)
        if age < LOOK:
            return LOOK - age
        if age > FORGOTTEN:
            self.flights.pop(key, None)
            return NEVER
        if slow is None:
            slow, wait = _found(flight, age)
            if slow is None:
                return wait
        if age >= slow.next:
            places = self._places(flight)
            if key in self.flights:  # else it has ended meanwhile, and the stack is another's
                slow.see(age, places)
                self.slow[key] = slow
        return slow.next - age

    def _places(self, flight: Flight) -> list[Place]:
        monitored, shared, _, ident = flight
        frames, loop = self._frames(), monitored.loops.get(ident)
        return places_of(frames.get(ident)) if loop is None else places_in_loop(loop, shared, ident, frames)


def _found(flight: Flight, age: int) -> tuple[Slow | None, int]:
    """A request that takes too long, or None and in how long it may."""
    monitored, shared, _, ident = flight
    later = LOOK + age // 4
    service, endpoint = monitored.service, monitored.find(shared)
    if endpoint is None or endpoint.level < OUTLIERS or endpoint.facts.get("route") is None:
        return None, later  # it may not have come to its route yet
    limit = service.outliers.limit(endpoint)
    if limit is None:
        service.settle(wait=False)
        limit = service.outliers.limit(endpoint)
    if limit is None or not service.outliers.has_room(endpoint):
        return None, later
    if age < limit * 1000:
        return None, int(limit * 1000) - age
    usual = endpoint.measured.usual()
    return (Slow(service.outliers, endpoint, usual, ident), 0) if usual is not None else (None, later)


sampler = Sampler()
"""The process's."""
at_fork(in_child=sampler.forked)
