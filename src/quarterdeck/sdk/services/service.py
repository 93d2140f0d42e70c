"""A monitored service of this process: it takes what each request was, and tells the hub once a second.

A request costs one extend; the values are counted by a thread of its own, which starts with the first request, or by
the thread that answers once many have come.
"""

from __future__ import annotations

import atexit
import itertools
import os
import threading
import time
import weakref

from quarterdeck.core.topics import join
from quarterdeck.sdk import default
from quarterdeck.sdk.children import FIRST, at_child_exit
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.jobs.process import host
from quarterdeck.sdk.report import Report, in_words
from quarterdeck.sdk.services.asking import Asking, asking
from quarterdeck.sdk.services.callers import Callers
from quarterdeck.sdk.services.configuration.config import config
from quarterdeck.sdk.services.endpoint import FIELDS, Endpoint, sets
from quarterdeck.sdk.services.exceptions import Exceptions
from quarterdeck.sdk.services.levels import EXCLUDED, LAST, Levels, matcher
from quarterdeck.sdk.services.measured import Told
from quarterdeck.sdk.services.routes import LONGEST, LONGEST_ENDPOINT, shortened
from quarterdeck.sdk.services.sampling.outliers import Outliers
from quarterdeck.sdk.services.sampling.profiles import Profiles
from quarterdeck.sdk.services.sampling.sampler import sampler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.calls import Call
    from quarterdeck.sdk.client import Client

_report = Report()
TELL = 1.0
"""Seconds between two messages to the hub, as long as requests come."""
TELL_CALLERS = 5.0
"""Seconds between two tellings of who asked: there may be many."""
TELL_AGAIN = 3600.0
"""Seconds after which facts are told again: the hub lets go of what was not seen for long."""
SETTLE_AT = 1000
"""Requests of one endpoint that may wait to be counted."""
_FULL = SETTLE_AT * FIELDS
MOST_ENDPOINTS = 500
OTHER = "other"
"""The endpoint that stands for all further ones once there are too many."""


class _State:
    muted = False


_state = _State()


class Service:
    """``note`` may be called from any thread, never raises and never waits for the hub."""

    def __init__(self, name: str, version: str, framework: str) -> None:
        self.name = name = shortened(name, LONGEST)
        self.version = version = shortened(version, LONGEST)
        self.framework = framework
        self.exceptions = Exceptions(name)
        self.outliers = Outliers(name, version, config.outlier_detection_constant)
        self.profiles = Profiles(name, version, config.sampling_period)
        # Sees to it that there is a hub, and waits for nothing; never raises.
        self.want_hub: Callable[[], None] = lambda: None
        self.number = next(_numbers)
        self._topic = join("service", self.name)
        self._levels = Levels(config.monitor_level)
        self._excluded = Endpoint(self.name, "", {}, EXCLUDED, excluded=True)
        self._excludes = matcher(config.exclude)
        self._colors: dict[str, str] = {}
        self._coloured = False
        self._endpoints: dict[str, Endpoint] = {}
        self.forked()
        _services.add(self)

    @property
    def place(self) -> str:
        """The topic whose calls this process answers."""
        return f"{self._topic}/{join('process', _process())}"

    def forked(self) -> None:
        """In a forked child: what was measured before is the parent's to tell."""
        self._counting, self._telling, self._starting = threading.Lock(), threading.Lock(), threading.Lock()
        self.exceptions.forked()
        self.outliers.forked()
        self.profiles.forked()
        for endpoint in self._endpoints.values():
            endpoint.forget()
        self._thread: threading.Thread | None = None
        self._bell = threading.Event()
        self._awake = False
        self._since = 0  # when this process answered for the first time, 0: it has not
        self._placed = False  # among the service's processes
        self._callers_told = 0.0
        self._callers_known: set[str] = set()
        self._facts_until = 0.0  # monotonic seconds: until then the hub has them

    # --- what requests call

    def endpoint(self, name: str, known_as: str = "", **facts: Any) -> Endpoint:
        """The endpoint of this name; beyond the 500th all are one, called "other", and so are those not measured.

        ``known_as`` is what the framework calls it, which COLORS may do as well.
        """
        known = self._endpoints.get(name)
        if known is not None:
            return known
        name = shortened(name, LONGEST_ENDPOINT)
        excludes = self._excludes
        if excludes is not None and (excludes.match(name) or excludes.match(facts.get("route") or "")):
            return self._excluded
        if len(self._endpoints) >= MOST_ENDPOINTS:
            name, facts = OTHER, {}
        color = next(filter(None, map(config.colors.get, (name, str(facts.get("route")), known_as))), None)
        if color is not None:
            self._colors[name], self._coloured = color, False
        # Of two threads that come at once the first one's is kept.
        return self._endpoints.setdefault(name, Endpoint(self.name, name, facts, self._levels.of(name)))

    def note(
        self, endpoint: Endpoint, at: int, taken: int, status: int, ip: str | None = None, user: str | None = None
    ) -> None:
        """A request was answered at ``at`` (of ``perf_counter_ns``) with this status, after ``taken`` microseconds."""
        waiting = endpoint.waiting
        waiting.extend((at, taken, status, ip, user))
        if not self._awake or len(waiting) >= _FULL:
            self._nudge(endpoint)

    def asking(self, request: Callable[[Any], Any] | None = None) -> Asking | None:
        """Who asks, and from where, as the configuration says; None: as the server says."""
        return asking(config, request, _report)

    def attend(self) -> None:
        """There is something to be told."""
        if not self._awake:
            self._wake()

    def fault(self, error: Exception) -> None:
        """A request could not be counted: the first of such errors are said, and the service goes on."""
        _report("service", f"{in_words(error)} (a request of {self.name!r} was not counted)")

    def failed(self, error: BaseException, endpoint: Endpoint | None, *, handled: bool = False) -> None:
        """An error came up while a request of this endpoint was answered (None: outside of any)."""
        if endpoint is not None and endpoint.level <= LAST:
            return
        try:
            if self.exceptions.note(error, endpoint.name if endpoint is not None else "", handled=handled):
                self._wake()
        except Exception as fault:  # a str() of the error that raises, for one
            self.fault(fault)

    def _nudge(self, endpoint: Endpoint) -> None:
        """Something waits: wake who counts, or count here if nobody does in time."""
        if endpoint is self._excluded:
            return
        if not self._awake:
            self._wake()
        if len(endpoint.waiting) >= _FULL:
            self.settle(wait=False)

    def settle(self, *, wait: bool = True) -> None:
        """Count what waits; without ``wait`` only if no other thread is at it."""
        if self._counting.acquire(blocking=wait):
            try:
                self._settle()
            finally:
                self._counting.release()

    def _settle(self) -> None:
        for endpoint in list(self._endpoints.values()):
            try:
                endpoint.settle()
            except Exception as error:  # a middleware may have put anything where an address belongs
                self.fault(error)

    # --- what is told

    def tell(self, *, last: bool = False) -> bool:
        """Send what came since the last time, who asked only now and then unless it is the ``last``; False: nothing."""
        if _state.muted:
            return False
        with self._telling:
            return self._tell(default.current(), last)

    def _tell(self, client: Client, last: bool) -> bool:
        endpoints = list(self._endpoints.values())
        if time.monotonic() > self._facts_until:
            self._tell_again(endpoints)
        news = self._count(endpoints)
        self.profiles.see_levels(endpoints)
        errors = self.exceptions.taken() + self.outliers.taken() + self.profiles.taken()
        for topic, event in errors:
            client.emit(topic, event)
        whole = Told({}, {}, {}, {}, 0)
        for endpoint, told in news:
            whole.add(told)
            for topic, event in endpoint.events(told, self.version):
                client.emit(topic, event)
        if news:
            self._since = self._since or whole.last
            client.emit(self._topic, whole.event())
        if self._since and not self._placed:
            self._placed = True
            client.emit(self._topic, self._place())
        if news and self._colors and not self._coloured:
            self._coloured = True
            client.emit(self._topic, [["put", "colors", dict(self._colors)]])
        levels = self._tell_levels(client, endpoints)
        asked = self._tell_callers(client, endpoints, last)
        return bool(news or errors) or levels or asked

    def _tell_again(self, endpoints: list[Endpoint]) -> None:
        self._facts_until = time.monotonic() + TELL_AGAIN
        self._placed = self._coloured = False
        self._callers_known.clear()
        for endpoint in endpoints:
            endpoint.tell_again()

    def _count(self, endpoints: list[Endpoint]) -> list[tuple[Endpoint, Told]]:
        with self._counting:
            for each in endpoints:
                each.level = self._levels.of(each.name)
            self._settle()
            return [(each, each.measured.taken()) for each in endpoints if each.measured]

    def _tell_levels(self, client: Client, endpoints: list[Endpoint]) -> bool:
        """Say which levels hold here, once the hub has told those that were chosen."""
        changed = [each for each in endpoints if each.told and each.level != each.said] if self._levels.told else []
        for endpoint in changed:
            endpoint.said = endpoint.level
            client.emit(endpoint.topic, sets(level=endpoint.level))
        return bool(changed)

    def _tell_callers(self, client: Client, endpoints: list[Endpoint], last: bool) -> bool:
        """Say who asked, if it is time; whether there is anybody."""
        asked = [each for each in endpoints if each.callers]
        now = time.monotonic()
        if not asked or (now < self._callers_told + TELL_CALLERS and not last):
            return bool(asked)
        self._callers_told = now
        whole = Callers()
        for endpoint in asked:
            with self._counting:
                callers, endpoint.callers = endpoint.callers, Callers()
            whole.add_all(callers)
            self._tell_callers_of(client, endpoint.topic, endpoint.name, callers)
        self._tell_callers_of(client, self._topic, None, whole)
        return True

    def _tell_callers_of(self, client: Client, topic: str, endpoint: str | None, callers: Callers) -> None:
        topic = f"{topic}/{join('callers', self.version)}"
        facts = {} if topic in self._callers_known else sets(service=self.name, endpoint=endpoint, version=self.version)
        self._callers_known.add(topic)
        client.emit(topic, [*facts, *callers.ops()])

    def close(self) -> None:
        """The process ends: tell what is left, and that it answers no more."""
        self.tell(last=True)
        with self._telling:
            if self._since:
                self._placed, self._since = False, 0
                default.current().emit(self._topic, [["drop", "processes", _process()]])

    def _place(self) -> Event:
        process = {"host": host(), "pid": os.getpid(), "version": self.version, "since": self._since}
        scalars = sets(name=self.name, framework=self.framework, version=self.version)
        return [*scalars, ["put", "processes", {_process(): process}]]

    # --- the thread

    def _wake(self) -> None:
        self._awake = True
        if _state.muted:
            return
        _untold.add(self)
        if self._thread is None and self._starting.acquire(blocking=False):
            self._start()
        self._bell.set()

    def _start(self) -> None:
        # Before anything is told: it chooses the hub.  A worker may end in the next moment.
        self.want_hub()
        # After the client's own, which comes with the first use of it: what is registered last runs first.
        default.current()
        atexit.register(_close, weakref.ref(self))
        at_child_exit(FIRST, _close, weakref.ref(self))
        self._bell = bell = threading.Event()  # of the same make as the thread: see the sampler's
        # An application that is let go, as tests do by the thousand, takes its thread with it.
        reference = weakref.ref(self, lambda _: bell.set())
        told = (self.place, reference, bell)
        thread = threading.Thread(target=_watch, args=told, name="quarterdeck-service", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # No further thread is to be had, now or ever; or the interpreter is shutting down.
            _report("service", f"no thread can be started: what {self.name!r} measures is told when the program ends")
            return
        self._thread = thread

    def take(self, call: Call) -> bool:
        """A call of the hub to this process; False if it is none that services know."""
        if call.name == "levels":
            self._levels.take(call.args)
            self._placed = False  # who is told does not know us, or not any more
        elif call.name == "profile":
            self.profiles.take(call.args)
            sampler.wake()
        else:
            return False
        self._wake()
        return True

    def _tell_all(self) -> None:
        """For the thread, which nothing must end: tell once a second, until nothing has come."""
        more = True
        while more:
            time.sleep(TELL)
            try:
                more = self.tell()
            except Exception as error:
                self.fault(error)
            self.want_hub()
        _untold.discard(self)
        self._awake = False
        # One came before it could see that nobody is awake.
        if any(each.waiting for each in list(self._endpoints.values())):
            self._wake()


def _watch(place: str, reference: weakref.ref[Service], bell: threading.Event) -> None:
    """The thread of a service, which it does not keep."""
    default.claim(place, _on_call)  # The levels that admins chose come first of all.
    while True:
        bell.wait()
        bell.clear()
        service = reference()
        if service is None:
            return
        service._tell_all()
        del service


def _on_call(call: Call) -> None:
    """Services of the same name answer as one."""
    asked = [service for service in list(_services) if service.place == call.topic]
    taken = [service.take(call) for service in asked]
    if all(taken):
        call.reply()
    else:
        call.fail("unknown", f"{call.topic} has no call {call.name!r}", "it has: levels, profile")


def _process() -> str:
    return f"{host()}:{os.getpid()}"


def _close(reference: weakref.ref[Service]) -> None:
    service = reference()
    if service is not None:
        service.close()


def close_all() -> None:
    """The process ends now: every service tells what is left."""
    for service in list(_services):
        service.close()


def mute() -> None:
    """From now on the services of this process tell nothing: those who ask are tests."""
    _state.muted = True


def last_service() -> Service | None:
    """The service that was made last in this process."""
    return max(_services, key=lambda service: service.number, default=None)


def _forked() -> None:
    _untold.clear()
    for service in list(_services):
        service.forked()


_services: weakref.WeakSet[Service] = weakref.WeakSet()
_untold: set[Service] = set()  # They live until what they have to tell is told.
_numbers = itertools.count()
at_fork(in_child=_forked)
