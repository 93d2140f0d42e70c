"""The sender: one thread that connects, sends what waits, takes answers, and connects again.

``step`` is everything it does, told the time; the thread only waits between two steps.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

from quarterdeck.core.ops import Refused
from quarterdeck.sdk.blob import blobs_in, without
from quarterdeck.sdk.calls import Answers, Call
from quarterdeck.sdk.intake import Intake
from quarterdeck.sdk.transport import Away, Denied, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from quarterdeck.sdk.frame import Frame
    from quarterdeck.sdk.keeping import Keeping
    from quarterdeck.sdk.outbox import Batch, Outbox
    from quarterdeck.sdk.pace import Pace
    from quarterdeck.sdk.report import Report
    from quarterdeck.sdk.transport import Transport

BATCH_BYTES = 128_000
DENIED_RETRY = 2.0
PATIENCE = 1.0
ENOUGH_FAILURES = 3
SILENT = 2.0
"""Seconds after which a hub that has not answered is not expected to."""


class Sender:
    """All of a client but its front.  ``lock`` guards the outbox and the answers, and is never held while sending."""

    def __init__(
        self,
        transport: Transport,
        outbox: Outbox,
        pace: Pace,
        report: Report,
        hello: Callable[[], Frame],
        new_stream: Callable[[], str],
        keeping: Keeping | None = None,
    ) -> None:
        self.transport = transport
        self.outbox = outbox
        self.intake = Intake()
        self.answers = Answers()
        self.report = report
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.handler: Callable[[Call], None] | None = None
        self.stay = False
        self.hurry = False
        self.held = 0.0  # until then (monotonic seconds) what waits gathers more
        self.open = False
        self.closed = False
        self.taken = 0  # batches that the hub has taken
        # False only while the thread sleeps until it is rung for; users' threads look at it before they ring.
        self.awake = False
        self._pace = pace
        self._hello = hello
        self._new_stream = new_stream
        self._keeping = keeping
        self._lost = False
        self._stale = False  # there is more to say in the hello than was said
        self._failures = 0
        self._sent = 0
        self._connections = 0
        self._asked_at: float | None = None  # when what is just sent was, until it is answered
        self.renew_bell()

    # ---- what users' threads may call

    def ring(self) -> None:
        """Wake the thread up; takes no lock, so it may be called anywhere, even inside a destructor."""
        try:
            self._bell.release()
        except RuntimeError:
            return  # It has been rung for already.

    def renew_bell(self) -> None:
        """Before the thread starts: the lock that it waits for must be of the same make, which gevent may replace."""
        bell = threading.Lock()
        bell.acquire()
        self._bell = bell

    def reconnect(self) -> None:
        """Say hello again: there is more to say in it."""
        self._stale = True
        self.ring()

    def settle(self, wait: bool = True) -> None:
        """Merge what users' threads emitted; without ``wait`` only if no other thread is at it."""
        if not self.lock.acquire(blocking=wait):
            return
        dropped = self.outbox.dropped
        try:
            self.intake.settle(self.outbox, self._refuse)
            dropped = self.outbox.dropped - dropped
        finally:
            self.lock.release()
        if dropped:
            self.report("dropped", "the hub is away or slow, and there is no room for more events")

    def hopeless(self) -> bool:
        """Whether the hub is away, as far as anybody can tell, and what waits can be kept, so that nobody need wait."""
        away = not self.open and self._failures >= ENOUGH_FAILURES
        return self._keeping is not None and (away or self.silence() > SILENT)

    def idle(self) -> bool:
        """Whether the hub has acknowledged everything.  Call it with the lock held."""
        return not (self.intake.waiting or self.outbox or self.answers)

    def silence(self) -> float:
        """Seconds for which an answer of the hub has been due."""
        asked = self._asked_at
        return 0.0 if asked is None else time.monotonic() - asked

    def keep(self, *, leaving: bool = False) -> bool:
        """Move what waits into the spool, if there is one; False if it had to stay.

        With ``leaving`` a hub that is silent gets it as well, without being waited for.
        """
        sent = self._sent if leaving and self.open and self._asked_at is not None else None
        with self.lock:
            self.intake.settle(self.outbox, self._refuse)
            return self._keeping is not None and self._keeping.keep(self.outbox, sent)

    def give_up(self) -> None:
        """The process ends and the hub has not everything: keep it, or else leave word of how much is lost."""
        if self._keeping is not None and not self.keep(leaving=True):
            with self.lock:
                while self.outbox.frozen:
                    self.outbox.discard(self.outbox.frozen[0].number)
            self._keeping.count_lost(self.outbox.unreported)

    def forget(self) -> None:
        """Begin anew in a forked child; the caller holds the lock, the parent keeps all that was waiting."""
        self.changed = threading.Condition(self.lock)
        self.renew_bell()
        self.awake = self.open = self._lost = self.hurry = self.stay = False
        self.handler = self._asked_at = None
        self.intake.clear()
        self.answers.clear()
        self.outbox.reset(self._new_stream())
        self.transport.forget()

    # ---- the thread

    def run(self) -> None:
        """Send until closed."""
        while not self.closed:
            wait = self.step(time.monotonic())
            if wait is None:
                self.awake = False
                if self.intake.waiting or self.closed or self._lost:
                    self.awake = True
                    continue
                self._bell.acquire()
                self.awake = True
            elif wait > 0:
                self._bell.acquire(timeout=wait)
        self.transport.close()

    def step(self, now: float) -> float | None:
        """Do what is due at ``now`` (monotonic seconds); the seconds until the next step, None: when rung for."""
        self.settle()
        if self._lost or (self.open and self._stale):
            self._disconnected(now)
        if not self.open:
            if not (self.stay or self.outbox or self.answers):
                return None
            if now >= self._pace.connect_at:
                self._connect(now)
            if not self.open:
                if self.outbox.crowded:
                    self.keep()
                return max(self._pace.connect_at - now, 0.0)
        try:
            wait = self._transmit(now)
        except OSError as error:
            self._disconnected(now, error)
            return max(self._pace.connect_at - now, 0.0)
        return 0.0 if self._lost else wait

    def _connect(self, now: float) -> None:
        self._lost = self._stale = False
        self._sent = 0
        self._connections += 1
        connection = self._connections
        wanted = self.handler is not None
        link = Link(self._hello(), wanted, self.receive, lambda reason: self._on_lost(connection, reason))
        try:
            with self._asking():
                acked = self._send_kept(self.transport.open(link))
        except Denied as error:
            self.report("denied", error.message)
            self._pace.failed(now, DENIED_RETRY)
            self._failures += ENOUGH_FAILURES
            self._notify()
        except (OSError, ValueError) as error:
            self._disconnected(now, error)
        else:
            self._pace.opened()
            self._failures = 0
            self.open = self._agree(acked)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """The hub is asked something, and its answer waited for."""
        self._asked_at = time.monotonic()
        try:
            yield
        finally:
            self._asked_at = None

    def _send_kept(self, acked: int | None) -> int | None:
        """Send what the spool keeps; the number of our last batch that the hub has afterwards."""
        if self._keeping is None:
            return acked
        sent, lost = self._keeping.send(self._new_stream)
        with self.lock:
            self.outbox.drop(lost)
        return sent.get(self.outbox.stream, acked)

    def _agree(self, acked: int | None) -> bool:
        """Compare what the hub has with what we sent; False if we begin a new stream and have to connect once more."""
        with self.lock:
            frozen = self.outbox.frozen
            if acked is None or not frozen or frozen[0].number - 1 <= acked <= frozen[-1].number:
                # All are sent again: what a hub has need not be durable yet, and the answer may name refused events.
                return True
            self.outbox.restart(self._new_stream())
        self.transport.close()
        return False

    def _transmit(self, now: float) -> float | None:
        self._send_frozen()
        hurry = self.hurry or bool(self.answers)
        due = max(self._pace.send_at, self.held)
        if now < due and not hurry:
            return due - now
        while self._freeze():
            self._pace.sent(now)
            self._send_frozen()
            if not hurry:
                break
        if self.answers and not self.outbox.waiting:
            self._send_answers()
        if self.outbox.waiting:
            # With a full window an acknowledgement rings.
            return max(self._pace.send_at - now, 0.001) if len(self.outbox.frozen) < self.outbox.window else PATIENCE
        return self._pace.send_at - now if now < self._pace.send_at else None

    def _freeze(self) -> bool:
        with self.lock:
            return not self.closed and self.outbox.freeze(BATCH_BYTES) is not None

    def _send_frozen(self) -> None:
        """Send what is frozen and was not sent on this connection."""
        with self.lock:
            unsent = [batch for batch in self.outbox.frozen if batch.number > self._sent]
        for batch in unsent:
            if self._lost:
                return
            self._put_blobs(batch)
            self._sent = batch.number
            with self._asking():
                self.transport.send(batch, [])

    def _put_blobs(self, batch: Batch) -> None:
        """Give the hub what the batch names; what it does not take is left out, or it would refuse all beside it."""
        for frame in batch.frames:
            for blob in list(blobs_in(frame["ops"])):
                try:
                    self.transport.put(blob)
                except (Refused, Denied) as error:
                    self.report("refused", f"{frame['topic']}: {error}")
                    frame["ops"] = without(frame["ops"], blob)

    def _send_answers(self) -> None:
        with self.lock:
            replies = self.answers.take()
        try:
            self.transport.send(None, replies)
        except OSError:
            with self.lock:
                self.answers.put_back(replies)
            raise
        self._notify()

    def _disconnected(self, now: float, error: Exception | None = None) -> None:
        self.transport.close()
        if self.open:
            with self.lock:
                self.answers.again()
        self.open = self._lost = False
        self._failures += 1
        self._notify()
        self._pace.failed(now, error.retry_after if isinstance(error, Away) else 0.0)

    # ---- what comes in, on the transport's thread

    def receive(self, frame: Frame) -> None:
        """Take a frame from the hub; a name that we do not know is ignored: the hub may be newer than we are."""
        name = frame.get("t")
        if name == "reply" and frame.get("batch") is not None:
            self._on_acknowledged(frame)
        elif name == "call":
            self._on_call(frame)

    def _on_acknowledged(self, frame: Frame) -> None:
        error = frame.get("error")
        with self.lock:
            if error is None:
                self.outbox.acknowledged(frame["batch"], frame.get("refused") or ())
                self.taken += 1
            else:
                self._on_untaken(frame["batch"], error, frame.get("last"))
            self.changed.notify_all()
        for refusal in frame.get("refused") or ():
            said = f"{refusal.get('topic')}: {refusal.get('message')} {refusal.get('hint', '')}"
            self.report("refused", said.rstrip())
        if error is not None and error.get("code") != "gap":
            self.report("dropped", f"the hub did not take a batch: {error.get('message')}")
        self.ring()

    def _on_untaken(self, number: int, error: dict[str, Any], last: int | None) -> None:
        """A batch did not become part of the hub's stream; with the lock held."""
        frozen = self.outbox.frozen
        self._lost = True
        if error.get("code") != "gap":
            self.outbox.discard(number)
        elif last is not None and frozen and frozen[0].number <= last + 1:
            # One before it got lost on the way, and we still have it: connecting again sends all.
            return
        self.outbox.restart(self._new_stream())

    def _on_call(self, frame: Frame) -> None:
        with self.lock:
            new = self.answers.begin(frame["id"])
        if not new:
            self.ring()
            return
        call = Call(frame, self._answer)
        try:
            if self.handler is None:
                call.fail("not-found", "nobody here takes calls")
            else:
                self.handler(call)
        except Exception as error:
            call.fail("failed", f"{type(error).__name__}: {error}")

    def _answer(self, reply: Frame) -> None:
        with self.lock:
            self.answers.answer(reply)
        self.ring()

    def _on_lost(self, connection: int, _reason: str) -> None:
        if connection == self._connections:
            self._lost = True
            self.ring()

    def _refuse(self, topic: str, refused: Refused) -> None:
        self.report("refused", f"{topic}: {refused}")

    def _notify(self) -> None:
        with self.lock:
            self.changed.notify_all()
