"""The client: what users' code and the worker emit through.  Never blocks, never raises into the code that emits."""

from __future__ import annotations

import atexit
import functools
import os
import threading
import time
import weakref

from quarterdeck.core.frames import VERSION
from quarterdeck.core.topics import check_topic, is_under, new_id
from quarterdeck.sdk.children import LAST, at_child_exit
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.intake import Pushed, Together
from quarterdeck.sdk.outbox import LIMIT, Outbox
from quarterdeck.sdk.pace import Pace
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.sender import Sender
from quarterdeck.sdk.transport import loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from quarterdeck.core.ops import Event, Refused
    from quarterdeck.sdk.calls import Call
    from quarterdeck.sdk.frame import Frame
    from quarterdeck.sdk.keeping import Keeping
    from quarterdeck.sdk.transport import Transport

    Named = tuple[str, Event, str | None]
    State = Callable[[], dict[str, Any]] | dict[str, Any] | None

# So many events may wait to be merged before the thread that emits has to merge them itself.
SETTLE_AT = 1024
EXIT_TIMEOUT = 0.5
SERVED = 2.0
LEAST = 0.05
"""Seconds that even a hub which has been silent for a while gets at the end."""


class Client:
    """A producer, and a callee if it claims topics.

    ``state`` (plain, or a function that gives it) goes with each hello; ``keeping`` keeps what the hub does not get.

    ``emit``, ``emit_all`` and what ``pusher`` returns may be called from any thread; they only leave the event for a
    daemon thread, which starts with the first event.  Operations that were given away must not be changed afterwards,
    and hold plain JSON (``core.plain.plain`` makes it).  What does not fit is counted in ``refused`` and said once on
    standard error.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        name: str = "",
        token: str | None = None,
        claims: Sequence[str] = (),
        state: State = None,
        limit: int = LIMIT,
        exit_timeout: float = EXIT_TIMEOUT,
        report: Report | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._name = name
        self._token = token
        self._claims = list(claims)
        self._takers: dict[str, Callable[[Call], None]] = {}
        self._state = state
        self._exit_timeout = exit_timeout
        self._report = report or Report()
        outbox = Outbox(new_stream(), window=transport.window, limit=limit)
        self._sender = Sender(transport, outbox, Pace(_chance), self._report, self._hello, new_stream, keeping)
        self._waiting = self._sender.intake.waiting
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._threaded = True
        _clients.add(self)
        atexit.register(_at_exit, weakref.ref(self))

    # ---- events

    def emit(self, topic: str, ops: Event, name: str | None = None, at: int | None = None) -> None:
        """Leave one event for the hub; ``name`` makes it a named event, ``at`` is its time (UTC microseconds)."""
        if name is not None and at is None:
            at = time.time_ns() // 1000
        self._waiting.append((topic, ops, name, at))
        if not self._sender.awake or len(self._waiting) >= SETTLE_AT:
            self._nudge()

    def emit_all(self, events: Iterable[Named]) -> None:
        """Leave several events (topic, ops, name or None) that become durable and visible together."""
        now = time.time_ns() // 1000
        together = [(topic, ops, name, now if name is not None else None) for topic, ops, name in events]
        if together:
            self._waiting.append((Together(together),))
            self._nudge()

    def pusher(self, topic: str, field: str, cap: int, *, plain: bool = False) -> Callable[[Any], None]:
        """A function that pushes one item onto a list: the cheapest way there is, about 0.2 us a call.

        The item is made plain later, unless it is so already (``plain``), so it must not be changed afterwards (a
        tuple of numbers and texts is best).
        """
        pushed = Pushed(check_topic(topic), field, cap, plain=plain)
        waiting, append, sender, nudge = self._waiting, self._waiting.append, self._sender, self._nudge

        def push(item: Any) -> None:
            append((pushed, item))
            if not sender.awake or len(waiting) >= SETTLE_AT:
                nudge()

        return push

    def refuse(self, topic: str, refused: Refused) -> None:
        """Count an event that did not fit before it became one, and say so once."""
        self._report("refused", f"{topic}: {refused}")

    def hold(self, seconds: float) -> None:
        """Much is about to be emitted: let it travel together, but the first of it no later than this."""
        self._sender.held = time.monotonic() + seconds

    def let_go(self) -> None:
        """That was all of it."""
        self._sender.held = 0.0
        self._sender.ring()

    # ---- calls

    def on_call(self, handler: Callable[[Call], None]) -> None:
        """Take calls: ``handler(call)`` runs on a thread of the client's and must not block.

        Answer by ``call.reply`` or ``call.fail``, then or later, from any thread.  The answer goes out after every
        event that was emitted before it.
        """
        self._takers[""] = handler
        self._sender.handler = self._take

    def claim(self, topic: str, handler: Callable[[Call], None]) -> None:
        """Answer the calls on ``topic`` too, by ``handler`` (see ``on_call``), and stay connected for them."""
        self._takers[topic] = handler
        self._sender.handler = self._take
        if topic not in self._claims:
            self._claims.append(topic)
            self._sender.reconnect()
        self.start()

    def _take(self, call: Call) -> None:
        """The nearest claim above a call's topic answers it."""
        found = [claim for claim in list(self._takers) if is_under(call.topic, claim)]
        if not found:
            call.fail("not-found", f"nobody here takes calls on {call.topic}")
            return
        self._takers[max(found, key=len)](call)

    def start(self) -> None:
        """Connect now and stay connected; without it the first event connects."""
        self._sender.stay = True
        self._nudge()

    # ---- state and end

    @property
    def connected(self) -> bool:
        """Whether the hub answered last time."""
        return self._sender.open

    def find(self) -> tuple[str, str | None]:
        """Where this client's hub is to be found over HTTP, and with which token; raises Denied if it is not."""
        return self._sender.transport.find()

    @property
    def stream(self) -> str:
        """The id under which this process numbers its batches."""
        return self._sender.outbox.stream

    @property
    def dropped(self) -> int:
        """Events that were given up for want of room."""
        return self._sender.outbox.dropped

    @property
    def refused(self) -> int:
        """Events that did not fit, here or at the hub."""
        return self._report.counts.get("refused", 0)

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until the hub has everything that was emitted; False if it does not within ``timeout`` seconds."""
        return self._flush(timeout, self._sender.idle)

    def _flush(self, timeout: float, enough: Callable[[], bool]) -> bool:
        sender = self._sender
        sender.settle()
        if threading.current_thread() is self._thread:
            return sender.idle()
        sender.hurry = True
        self._nudge()
        sender.ring()
        try:
            with sender.changed:
                sender.changed.wait_for(enough, timeout)
                return sender.idle()
        finally:
            sender.hurry = False

    def close(self, timeout: float = EXIT_TIMEOUT) -> bool:
        """Flush, unless the hub is evidently away, and end; True if the hub has everything.

        A hub that takes nothing for ``timeout`` seconds is waited for no longer, and if an answer has been due for some
        of these already, that much less; one that does take something gets two seconds or more.  What is emitted
        afterwards is dropped.
        """
        if self._sender.closed:
            return True
        until = time.monotonic() + timeout
        done = self._settle_up(timeout)
        self._sender.closed = True
        self._sender.ring()
        if not done:
            self._sender.give_up()
        if self._thread is None:
            self._sender.transport.close()
        elif threading.current_thread() is not self._thread and not (self._sender.hopeless() or self._sender.silence()):
            # One that is held up by a silent hub ends with the process.
            self._thread.join(max(0.0, until - time.monotonic()))
        return done

    def hand_over(self, timeout: float) -> bool:
        """The same without an end: what the hub does not take in time is kept for it, and more may come."""
        done = self._settle_up(timeout)
        if not done:
            self._sender.keep(leaving=True)
        return done

    def _settle_up(self, timeout: float) -> bool:
        self._sender.settle()
        return self._idle() or (self._threaded and self._drain(timeout))

    def _drain(self, patience: float) -> bool:
        """Flush for as long as the hub takes what is sent: ``patience`` is for a hub that takes nothing."""
        sender = self._sender
        until = time.monotonic() + max(patience, SERVED)
        while True:
            taken = sender.taken
            moved = functools.partial(self._has_moved, taken)
            deserved = max(min(patience, LEAST), patience - sender.silence())
            done = self._flush(min(deserved, until - time.monotonic()), moved)
            if done or sender.taken == taken or time.monotonic() >= until:
                return done

    def _has_moved(self, taken: int) -> bool:
        sender = self._sender
        return sender.idle() or sender.hopeless() or sender.taken != taken

    def _idle(self) -> bool:
        with self._sender.lock:
            return self._sender.idle()

    def _hello(self) -> Frame:
        frame: Frame = {"t": "hello", "version": VERSION, "features": [], "stream": self.stream}
        state = self._state() if callable(self._state) else self._state
        more = {"name": self._name, "token": self._token, "claims": self._claims, "state": state}
        frame.update({key: value for key, value in more.items() if value})
        return frame

    def _nudge(self) -> None:
        """Something waits: wake the sender, start it, or merge here if it cannot keep up."""
        if self._sender.closed:
            self._waiting.clear()
            return
        if self._thread is None:
            self._start()
        elif not self._sender.awake:
            self._sender.ring()
        if len(self._waiting) >= SETTLE_AT:
            # Without waiting for the lock: this may be a destructor that interrupts the very thread that holds it.
            self._sender.settle(wait=False)

    def _start(self) -> None:
        # First of all: while another thread is at the rest, this one may be at the end of the process.
        at_child_exit(LAST, _at_exit, weakref.ref(self))
        if not self._starting.acquire(blocking=False):
            return
        self._sender.awake = True
        self._sender.renew_bell()
        thread = threading.Thread(target=self._sender.run, name="quarterdeck", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No thread is to be had, or the interpreter is shutting down: what gathers is kept at the end.
            self._threaded = False
            return
        self._thread = thread

    def _forked(self) -> None:
        """In a child just forked, with the sender's lock held."""
        self._starting = threading.Lock()
        self._thread = None
        self._threaded = True
        self._claims.clear()  # the parent answers
        self._takers.clear()
        self._sender.forget()


def new_stream() -> str:
    """An id that no other stream has."""
    return new_id(time.time_ns() // 1000, int.from_bytes(os.urandom(8), "big"))


def _chance() -> float:
    return os.urandom(1)[0] / 255


# A child that was forked must not send what its parent will, nor inherit a lock that a thread of the parent held.
_clients: weakref.WeakSet[Client] = weakref.WeakSet()
_held: list[Client] = []


def _before_fork() -> None:
    _held[:] = _clients
    for client in _held:
        client._sender.lock.acquire()
    loading.acquire()


def _after_fork_in_parent() -> None:
    loading.release()
    for client in _held:
        client._sender.lock.release()
    _held.clear()


def _after_fork_in_child() -> None:
    loading.release()
    for client in _held:
        client._forked()
        client._sender.lock.release()
    _held.clear()


def _at_exit(reference: weakref.ref[Client]) -> None:
    client = reference()
    if client is not None:
        client.close(client._exit_timeout)


at_fork(before=_before_fork, in_parent=_after_fork_in_parent, in_child=_after_fork_in_child)
