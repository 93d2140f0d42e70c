"""The thread that looks at requests while they are under way: one a process, for all its services.

Requests that arrive enter ``flights`` and leave it when they end; that is all they do.  The thread looks at them now
and then, and sleeps while there are none: what is over within 20 ms is never seen.  It holds no lock that a request
needs, and spends at most a fiftieth of its time on looking.
"""

from __future__ import annotations

import random
import sys
import threading
import time

from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.report import Report, in_words
from quarterdeck.sdk.services.levels import OUTLIERS
from quarterdeck.sdk.services.sampling.coroutines import Moment, current_frames
from quarterdeck.sdk.services.sampling.outliers import Slow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from types import FrameType
    from typing import Any, Protocol

    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.sampling.outliers import Outliers
    from quarterdeck.sdk.services.sampling.profiles import Profiles

    class Service(Protocol):
        """The part of ``Service`` that the thread uses."""

        @property
        def outliers(self) -> Outliers: ...
        @property
        def profiles(self) -> Profiles: ...
        def settle(self, *, wait: bool) -> None: ...
        def attend(self) -> None: ...

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
"""What takes less is not looked at, unless it is profiled."""
PAUSE = 50 * _MS
"""Between two looks while all requests are younger than that: for each look, they have to wait for their turn."""
TURN = 0.001
"""Seconds of a thread's turn while requests are sampled."""
SHARE, SHARE_SAMPLING = 50, 20
"""How many times as long as a look, or a sample, the thread sleeps at least."""
FORGOTTEN = 3600 * 1000 * _MS
"""After an hour a request is looked at no more: a server may have lost it without a word."""
NEVER = 1 << 62
_report = Report()


class Turns:
    """How long a thread computes before another gets its turn: shorter while requests are sampled.

    Else the sampling thread, as it waits for its turn, would see requests only where they wait for something.
    """

    def __init__(self) -> None:
        self._usual: float | None = None

    def shorten(self, on: bool, /) -> None:
        """Or leave them as they were; a program that sets them itself meanwhile is left alone."""
        if on and self._usual is None:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(min(TURN, self._usual))
        elif not on and self._usual is not None:
            if sys.getswitchinterval() <= TURN:
                sys.setswitchinterval(self._usual)
            self._usual = None


class Sampler:
    """All times are nanoseconds.  ``awake`` is whether the thread will look by itself; who finds it False wakes it.

    A request has the same key in ``flights``, where it enters itself, and in ``slow``, where it finds at its end that
    it took too long.
    """

    def __init__(self, frames: Callable[[], dict[int, FrameType]] = current_frames) -> None:
        self.flights: dict[Hashable, Flight] = {}
        self.slow: dict[Hashable, Slow] = {}
        self._frames = frames
        self._turns = Turns()
        self._samples = False  # whether a request that is under way is profiled
        self.forked()

    def forked(self) -> None:
        """In a forked child: its parent answers what was under way."""
        self.flights.clear()
        self.slow.clear()
        self._turns.shorten(False)
        self.awake = False
        self._bell = threading.Lock()
        self._started = threading.Lock()

    def wake(self) -> None:
        """A request is under way: look at it."""
        self.awake = True
        if self._started.acquire(blocking=False):
            # Of the same make as the thread, which gevent may have replaced after a fork: else all would wait for it.
            self._bell = threading.Lock()
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
        stands = LOOK
        while True:
            began, used = time.perf_counter_ns(), time.thread_time_ns()
            seen = self.flights.copy()
            due = self.look(seen, began, stands)
            self._turns.shorten(self._samples)
            took = time.thread_time_ns() - used
            rest = (SHARE_SAMPLING if self._samples else SHARE) * took
            if due > max(PAUSE, rest) and not self._samples:
                stands = self._rest(seen, due)
                continue
            del seen  # it would keep requests alive that have ended
            time.sleep(max(due, rest) / 1e9)
            stands = time.perf_counter_ns() - began

    def _rest(self, seen: dict[Hashable, Flight], due: int) -> int:
        """Sleep until something is due, or another request has come and may be slow; how long a sample then stands."""
        self._bell.acquire(blocking=False)
        self.awake = False
        if all(key in seen for key in self.flights.copy()):
            seen.clear()
            self._bell.acquire(timeout=-1 if due >= NEVER else due / 1e9)
        self.awake = True
        services = {flight[0].service for flight in self.flights.copy().values()}
        period = min((service.profiles.period for service in services if service.profiles.on), default=0)
        # At any moment of what is to come: short requests would else be seen at their beginning only, or never.
        time.sleep((random.random() * period if period else LOOK) / 1e9)
        return period or LOOK

    def look(self, flights: dict[Hashable, Flight], now: int, stands: int = LOOK) -> int:
        """Take the stacks of those that are slow, and of those that are profiled.

        In how long the next of these is due, ``NEVER`` if none is.  A sample ``stands`` for so long.
        """
        for key in [key for key in self.slow.copy() if key not in flights]:
            self.slow.pop(key, None)  # it ended while it was found slow
        due, moment, self._samples = NEVER, Moment(self._frames), False
        for key, flight in flights.items():
            try:
                slow = self._attend(key, flight, moment, now)
                due = min(due, max(slow, LOOK), self._sample(key, flight, moment, stands))
            except Exception as error:
                _report("service", f"{in_words(error)} (a slow request was not looked at)")
        return due

    def _sample(self, key: Hashable, flight: Flight, moment: Moment, stands: int) -> int:
        monitored, shared, _, ident = flight
        profiles = monitored.service.profiles
        if not profiles.on:
            return NEVER
        endpoint = monitored.find(shared)
        if endpoint is None or endpoint.facts.get("route") is None:
            self._samples = True
            return profiles.period  # it may not have come to its route yet
        if not profiles.wants(endpoint):
            return NEVER
        self._samples = True
        places = moment.places(monitored.loops.get(ident), shared, ident)
        if places and key in self.flights:
            profiles.add(endpoint, places, stands)
            monitored.service.attend()
        return profiles.period

    def _attend(self, key: Hashable, flight: Flight, moment: Moment, now: int) -> int:
        age, slow = now - flight[2], self.slow.get(key)
        if age < LOOK:
            return PAUSE
        if age > FORGOTTEN:
            self.flights.pop(key, None)
            return NEVER
        if slow is None:
            slow, wait = _found(flight, age)
            if slow is None:
                return wait
        if age >= slow.next:
            monitored, shared, _, ident = flight
            places = moment.places(monitored.loops.get(ident), shared, ident)
            if key in self.flights:  # else it has ended meanwhile, and the stack is another's
                slow.see(age, places)
                self.slow[key] = slow
        return slow.next - age


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
