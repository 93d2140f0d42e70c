"""A producer whose connection loses, repeats and breaks, and a ledger of what it did emit under which number."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from quarterdeck.core.state import copied
from quarterdeck.sdk.lines import encode_batch, encode_line
from quarterdeck.sdk.outbox import Outbox
from quarterdeck.sdk.pace import Pace
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.sender import Sender
from quarterdeck.sdk.transport import Denied
from quarterdeck.testing.stepping import ACCOUNT, Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from quarterdeck.core.ops import Event
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.peers import Rights
    from quarterdeck.sdk.blob import Blob
    from quarterdeck.sdk.outbox import Batch
    from quarterdeck.sdk.transport import Link

    Ledger = dict[tuple[str, int], dict[str, list[Event]]]


class NotedOutbox(Outbox):
    """Notes in ``ledger`` which events, by topic, went into which batch of which stream."""

    def __init__(self, stream: str, ledger: Ledger, **options: Any) -> None:
        super().__init__(stream, **options)
        self.ledger = ledger
        self._unfrozen: dict[str, list[Event]] = {}
        self._of: dict[int, dict[str, list[Event]]] = {}

    def emit(self, topic: str, ops: Event, name: str | None = None, at: int | None = None) -> bool:
        taken = super().emit(topic, ops, name, at)
        if taken:
            self._unfrozen.setdefault(topic, []).append(copied(ops))
        return taken

    def freeze(self, limit_bytes: int) -> Batch | None:
        batch = super().freeze(limit_bytes)
        if batch is not None:
            assert batch is self.frozen[-1], "these histories are too short for batches that are cut"
            topics = {frame["topic"] for frame in batch.frames}
            self._of[id(batch)] = {topic: self._unfrozen.pop(topic) for topic in topics}
            self._note(batch)
        return batch

    def restart(self, stream: str) -> None:
        super().restart(stream)
        for batch in self.frozen:
            self._note(batch)

    def reset(self, stream: str) -> None:
        super().reset(stream)
        self._unfrozen.clear()

    def _note(self, batch: Batch) -> None:
        self.ledger[self.stream, batch.number] = self._of[id(batch)]


class LossyTransport:
    """Reaches the hub that ``hub()`` gives (None: away), and does to each message what ``rnd`` says."""

    def __init__(self, hub: Callable[[], Exchange | None], rights: Rights, rnd: Random, window: int) -> None:
        self.window = window
        self.mercy = False
        self.late: list[tuple[str, bytes]] = []
        self.acknowledged: Callable[[str, int], None] = lambda _stream, _number: None
        self._hub = hub
        self._rights = rights
        self._rnd = rnd
        self._link: Link | None = None
        self._connection: Connection | None = None
        self._side: list[Connection] = []

    def open(self, link: Link) -> int | None:
        hub = self._hub()
        if hub is None or self._happens(0.1):
            raise ConnectionRefusedError("the hub is away")
        self._link = link
        self._connection = Connection(hub, self._rights, lambda text: self._take(link, text))
        self._connection.say(encode_line(link.hello))
        return None if self._happens(0.2) else hub.streams.last(link.hello["stream"], ACCOUNT)

    def send(self, batch: Batch | None, replies: list[dict[str, Any]]) -> None:
        connection, link = self._connection, self._link
        if connection is None or link is None:
            raise BrokenPipeError("the connection is cut")
        if batch is None:
            return
        text = encode_batch(batch)
        if self._happens(0.1):
            self.late.append((link.hello["stream"], text))
        if self._happens(0.1):
            raise BrokenPipeError("the message is lost")
        if not self._happens(0.05):
            connection.say(text)

    def put(self, _blob: Blob) -> None:
        if self._connection is None:
            raise BrokenPipeError("the connection is cut")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.drop()
        self._connection = self._link = None

    def find(self) -> tuple[str, str | None]:
        raise Denied("this hub has no address")

    def forget(self) -> None:
        self._connection = self._link = None

    async def cut(self) -> None:
        """The connection breaks."""
        connection, link = self._connection, self._link
        self._connection = self._link = None
        for late in self._side:
            await late.cut()
        self._side.clear()
        if connection is not None and link is not None:
            await connection.cut()
            link.lost("cut")

    async def repeat(self) -> None:
        """A message that was sent long ago arrives, on a connection of its own; its answer is lost."""
        hub = self._hub()
        if hub is not None and self.late:
            stream, text = self.late.pop(self._rnd.randrange(len(self.late)))
            connection = Connection(hub, self._rights, lambda _text: None)
            connection.say(encode_line({"t": "hello", "version": 1, "stream": stream}))
            connection.say(text)
            self._side.append(connection)

    def _take(self, link: Link, text: str) -> None:
        for line in text.split("\n"):
            frame = json.loads(line)
            if frame["t"] == "reply" and "batch" in frame and "error" not in frame:
                self.acknowledged(link.hello["stream"], frame["batch"])
            if not self._happens(0.1):
                link.receive(frame)

    def _happens(self, chance: float) -> bool:
        return not self.mercy and self._rnd.random() < chance


class Producer:
    """A sender that takes its steps when it is told to."""

    def __init__(self, streams: Iterable[str], transport: LossyTransport, ledger: Ledger, outbox: Outbox | None = None):
        self.transport = transport
        self.report = Report()
        self._streams = iter(streams)
        self._ledger = ledger
        if outbox is None:
            outbox = NotedOutbox(next(self._streams), ledger, window=transport.window)
        pace = Pace(lambda: 1.0)
        self.sender = Sender(transport, outbox, pace, self.report, self._hello, lambda: next(self._streams))

    def emit(self, topic: str, ops: Event, name: str | None = None) -> None:
        """Leave an event; ``step`` merges and sends it."""
        self.sender.intake.waiting.append((topic, copied(ops), name, None))

    def step(self, now: float) -> None:
        """Do what is due."""
        self.sender.step(now)

    def fork(self, transport: LossyTransport) -> Producer:
        """The child of a fork at this very moment: all that waits is copied, and belongs to the parent."""
        outbox = copy.deepcopy(self.sender.outbox, {id(self._ledger): self._ledger})
        child = Producer(self._streams, transport, self._ledger, outbox)
        child.sender.intake.waiting.extend(self.sender.intake.waiting)
        with child.sender.lock:
            child.sender.forget()
        return child

    def done(self) -> bool:
        """Whether the hub has acknowledged everything."""
        with self.sender.lock:
            return self.sender.idle()

    def _hello(self) -> dict[str, Any]:
        return {"t": "hello", "version": 1, "stream": self.sender.outbox.stream}
