"""A monitored service of this process: it takes what each request was, and tells the hub once a second.

A request costs one append; the values are counted by a thread of its own, which starts with the first request, or by
the thread that answers once many have come.
"""

from __future__ import annotations

import atexit
import itertools
import os
import sys
import threading
import time
import weakref
from collections import deque

from quarterdeck.core.plain import plain
from quarterdeck.core.topics import join
from quarterdeck.sdk import default
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.jobs.process import host
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.config import config
from quarterdeck.sdk.services.endpoint import Endpoint
from quarterdeck.sdk.services.exceptions import Exceptions
from quarterdeck.sdk.services.levels import EXCLUDED, LAST, Levels, matcher
from quarterdeck.sdk.services.measured import Measured, Told
from quarterdeck.sdk.services.outliers import Outliers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.sdk.calls import Call
    from quarterdeck.sdk.client import Client

_report = Report()
TELL = 1.0
"""Seconds between two messages to the hub, as long as requests come."""
SETTLE_AT = 4096
MOST_ENDPOINTS = 500
OTHER = "other"
"""The endpoint that stands for all further ones once there are too many."""


class _State:
    muted = False


_state = _State()


class Service:
    """``note`` may be called from any thread, never raises and never waits for the hub."""

    def __init__(self, name: str, version: str, framework: str) -> None:
        self.name = name
        self.version = version
        self.framework = framework
        self.exceptions = Exceptions(name)
        self.outliers = Outliers(name, version, config.outlier_detection_constant)
        # Sees to it that there is a hub; the thread that tells it calls this.
        self.want_hub: Callable[[], None] = lambda: None
        self._levels = Levels(config.monitor_level)
        self._excluded = Endpoint("", {}, EXCLUDED)
        self._excludes = matcher(config.exclude)
        self._endpoints: dict[str, Endpoint] = {}
        self._waiting: deque[tuple[Endpoint, int, int, int]] = deque()
        self._lock = threading.Lock()
        self._begun = False
        self.forked()
        self.number = next(_numbers)
        _services.add(self)

    def forked(self) -> None:
        """In a forked child: what was measured before is the parent's to tell."""
        self._lock = threading.Lock()
        self.exceptions.forked()
        self.outliers.forked()
        self._waiting.clear()
        for endpoint in self._endpoints.values():
            endpoint.measured, endpoint.told, endpoint.said = Measured(), set(), None
        self._thread: threading.Thread | None = None
        self._bell = threading.Event()
        self._awake = False
        self._begun = False

    # --- what requests call

    def endpoint(self, name: str, **facts: Any) -> Endpoint:
        """The endpoint of this name; beyond the 500th all are one, called "other", and so are those not measured."""
        known = self._endpoints.get(name)
        if known is not None:
            return known
        excludes = self._excludes
        if excludes is not None and (excludes.match(name) or excludes.match(facts.get("route") or "")):
            return self._excluded
        if len(self._endpoints) >= MOST_ENDPOINTS:
            name, facts = OTHER, {}
        # Of two threads that come at once the first one's is kept.
        return self._endpoints.setdefault(name, Endpoint(name, facts, self._levels.of(name)))

    def note(self, endpoint: Endpoint, at: int, taken: int, status: int) -> None:
        """A request was answered at ``at`` (UTC microseconds) with this status, after ``taken`` microseconds."""
        if endpoint.level < LAST:
            return
        self._waiting.append((endpoint, at, taken, status))
        if not self._awake:
            self._wake()
        elif len(self._waiting) >= SETTLE_AT:
            self.settle(wait=False)

    def fault(self, error: Exception) -> None:
        """A request could not be counted: the first of such errors are said, and the service goes on."""
        _report("service", f"{type(error).__name__}: {error} (a request of {self.name!r} was not counted)")

    def failed(self, error: BaseException, endpoint: Endpoint | None, *, handled: bool = False) -> None:
        """An error came up while a request of this endpoint was answered (None: outside of any)."""
        if endpoint is not None and endpoint.level <= LAST:
            return
        try:
            if self.exceptions.note(error, endpoint.name if endpoint is not None else "", handled=handled):
                self._wake()
        except Exception as fault:  # a str() of the error that raises, for one
            self.fault(fault)

    def settle(self, *, wait: bool = True) -> None:
        """Count what waits; without ``wait`` only if no other thread is at it."""
        if not self._lock.acquire(blocking=wait):
            return
        waiting = self._waiting
        try:
            while waiting:
                endpoint, at, taken, status = waiting.popleft()
                if endpoint.level > LAST:
                    endpoint.measured.add(at, taken, status)
                else:
                    endpoint.measured.see(at)
        finally:
            self._lock.release()

    # --- what is told

    def tell(self) -> bool:
        """Send what was measured since the last time; False if there was nothing."""
        if _state.muted:
            return False
        for each in list(self._endpoints.values()):
            each.level = self._levels.of(each.name)
        self.settle()
        with self._lock:
            news = [(each, each.measured.taken()) for each in list(self._endpoints.values()) if each.measured]
        errors = self.exceptions.taken() + self.outliers.taken()
        client, topic = default.current(), join("service", self.name)
        for of_error, event in errors:
            client.emit(of_error, event)
        whole = Told({}, {}, {}, 0)
        for endpoint, told in news:
            whole.add(told)
            self._tell_endpoint(client, endpoint, told)
        levels = self._tell_levels(client)
        if not news:
            return bool(errors) or levels
        if not self._begun:
            self._begun = True
            client.emit(topic, self._birth(whole.last))
        client.emit(topic, whole.event())
        return True

    def _tell_endpoint(self, client: Client, endpoint: Endpoint, told: Told) -> None:
        event, topic = told.event(), self._topic(endpoint)
        if not endpoint.told:
            client.emit(topic, _sets(service=self.name, name=endpoint.name, **endpoint.facts))
        client.emit(topic, event)
        if told.status:
            of_version = f"{topic}/{join('version', self.version)}"
            if of_version not in endpoint.told:
                client.emit(of_version, _sets(service=self.name, endpoint=endpoint.name, version=self.version))
            client.emit(of_version, event)
            endpoint.told.add(of_version)
        endpoint.told.add(topic)

    def _tell_levels(self, client: Client) -> bool:
        """Say which levels hold here, once the hub has told those that were chosen."""
        known = list(self._endpoints.values()) if self._levels.told else []
        changed = [each for each in known if each.told and each.level != each.said]
        for endpoint in changed:
            endpoint.said = endpoint.level
            client.emit(self._topic(endpoint), _sets(level=endpoint.level))
        return bool(changed)

    def _topic(self, endpoint: Endpoint) -> str:
        return join("service", self.name, "endpoint", endpoint.name)

    def close(self) -> None:
        """The process ends: tell what is left, and that it answers no more."""
        self.tell()
        if self._begun:
            self._begun = False
            default.current().emit(join("service", self.name), [["drop", "processes", _process()]])

    def _birth(self, since: int) -> list[list[Any]]:
        process = {"host": host(), "pid": os.getpid(), "version": self.version, "since": since}
        scalars = _sets(name=self.name, framework=self.framework, version=self.version)
        return [*scalars, ["put", "processes", {_process(): process}]]

    # --- the thread

    def _wake(self) -> None:
        self._awake = True
        if _state.muted:
            return
        if self._thread is None:
            thread = threading.Thread(target=self._watch, name="quarterdeck-service", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return  # The interpreter is shutting down; ``close`` tells what there is to tell.
            self._thread = thread
            # After the client's own, which comes with the first use of it: what is registered last runs first.
            default.current()
            atexit.register(_close, weakref.ref(self))
            _close_with_multiprocessing(self)
        self._bell.set()

    def _listen(self) -> None:
        """Take calls of the hub to this process from now on, the levels that admins chose first of all."""
        default.claim(join("service", self.name, "process", _process()), self._on_call)

    def _on_call(self, call: Call) -> None:
        if call.name != "levels":
            call.fail("unknown", f"{call.topic} has no call {call.name!r}", "it has: levels")
            return
        self._levels.take(call.args)
        call.reply()
        self._wake()

    def _watch(self) -> None:
        self.want_hub()
        # Which may have chosen another client: that is closed after this service has told it all.
        default.current()
        atexit.register(_close, weakref.ref(self))
        self._listen()
        while True:
            self._bell.wait()
            self._bell.clear()
            time.sleep(TELL)
            while self.tell():
                time.sleep(TELL)
                self.want_hub()
            self.want_hub()
            self._awake = False
            if self._waiting:  # one came before it could see that nobody is awake
                self._wake()


def _sets(**fields: Any) -> list[list[Any]]:
    return [["set", field, plain(value)] for field, value in fields.items()]


def _process() -> str:
    return f"{host()}:{os.getpid()}"


def _close(reference: weakref.ref[Service]) -> None:
    service = reference()
    if service is not None:
        service.close()


def _close_with_multiprocessing(service: Service) -> None:
    """A child of multiprocessing ends without ``atexit``; its client ends after this (a lower priority)."""
    standing, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if standing is not None and util is not None and standing.parent_process() is not None:
        util.Finalize(None, _close, (weakref.ref(service),), exitpriority=10)


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
    for service in list(_services):
        service.forked()


_services: weakref.WeakSet[Service] = weakref.WeakSet()
_numbers = itertools.count()
at_fork(in_child=_forked)
