"""A hub that keeps the contract of streams in a few lines, and a transport that reaches it without any port."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.ops import Refused
from quarterdeck.sdk.keeping import Keeping
from quarterdeck.sdk.lines import decode_line, encode_batch, encode_lines
from quarterdeck.sdk.outbox import LIMIT, Outbox
from quarterdeck.sdk.pace import Pace
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.sender import Sender
from quarterdeck.sdk.transport import Denied

if TYPE_CHECKING:
    from quarterdeck.sdk.blob import Blob
    from quarterdeck.sdk.outbox import Batch
    from quarterdeck.sdk.transport import Link


class FakeHub:
    """Streams, states and named events, in memory."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.states: dict[str, TopicState] = {}
        self.events: list[tuple[str, str]] = []
        self.hellos: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.batches: list[bytes] = []
        self.blobs: list[tuple[str, int]] = []  # and before how many batches they came
        self.dropped = 0
        self.away = False

    def take(self, stream: str, number: int, text: bytes) -> dict[str, Any]:
        """One batch: applied once, answered the same each time."""
        last = self.last.get(stream, 0)
        if number > last + 1:
            return {"t": "reply", "batch": number, "error": {"code": "gap", "message": "", "hint": ""}, "last": last}
        if number <= last:
            return self.answers[stream]
        self.batches.append(text)
        refused = []
        for line in text.splitlines():
            frame = decode_line(line)
            self.dropped += frame.get("dropped", 0)
            try:
                fold(self.states.setdefault(frame["topic"], TopicState()), frame["ops"])
            except Refused as error:
                refused.append({"topic": frame["topic"], "code": error.code, "message": error.message, "hint": ""})
                continue
            if "name" in frame:
                self.events.append((frame["topic"], frame["name"]))
        self.last[stream] = number
        self.answers[stream] = {"t": "reply", "batch": number, "refused": refused}
        return self.answers[stream]


class FakeTransport:
    """Answers at once, or when told to; loses what it is told to lose."""

    def __init__(self, hub: FakeHub, window: int = 1) -> None:
        self.hub = hub
        self.window = window
        self.link: Link | None = None
        self.lose_message = False
        self.refuse_blobs = False
        self.lose_answer = False
        self.hold = False
        self.held: list[dict[str, Any]] = []
        self.forgotten = 0

    def open(self, link: Link) -> int | None:
        if self.hub.away:
            raise ConnectionRefusedError("the hub is away")
        self.link = link
        self.hub.hellos.append(link.hello)
        return self.hub.last.get(link.hello["stream"])

    def send(self, batch: Batch | None, replies: list[dict[str, Any]]) -> None:
        if self.hub.away or self.link is None:
            raise BrokenPipeError("the hub is away")
        self.hub.replies += [decode_line(line) for line in encode_lines(replies).splitlines()]
        if batch is None or self.lose_message:
            return
        answer = self.hub.take(self.link.hello["stream"], batch.number, encode_batch(batch))
        if self.hold:
            self.held.append(answer)
        elif not self.lose_answer:
            self.link.receive(answer)

    def put(self, blob: Blob) -> None:
        if self.hub.away or self.link is None:
            raise BrokenPipeError("the hub is away")
        if self.refuse_blobs:
            raise Refused("body-too-large", "it is too large")
        self.hub.blobs.append((blob["sha256"], len(self.hub.batches)))

    def release(self) -> None:
        """Deliver the answers that were held."""
        held, self.held = self.held, []
        for answer in held:
            assert self.link is not None
            self.link.receive(answer)

    def cut(self) -> None:
        """The connection breaks, and whatever was under way is gone."""
        link, self.link, self.held = self.link, None, []
        assert link is not None
        link.lost("cut")

    def forward(self, stream: str, number: int, lines: bytes) -> dict[str, Any]:
        if self.hub.away or self.lose_answer:
            raise BrokenPipeError("the hub is away")
        return self.hub.take(stream, number, lines)

    def close(self) -> None:
        self.link = None

    def find(self) -> tuple[str, str | None]:
        raise Denied("this hub has no address")

    def forget(self) -> None:
        self.forgotten += 1
        self.link = None


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def transport(hub: FakeHub) -> FakeTransport:
    return FakeTransport(hub)


class Desk:
    """A sender on a fake clock: ``run(until)`` takes the steps that its thread would take."""

    def __init__(
        self, transport: FakeTransport, stream: str = "s1", spool: str | None = None, limit: int = LIMIT
    ) -> None:
        self.now = 100.0
        self.streams = 0
        self.report = Report()
        outbox = Outbox(stream, window=transport.window, limit=limit)
        keeping = Keeping(transport.forward, lambda: spool, self.report)
        pace = Pace(lambda: 1.0)
        self.sender = Sender(transport, outbox, pace, self.report, self._hello, self._new_stream, keeping)

    def emit(self, topic: str, *ops: Any, name: str | None = None) -> None:
        self.sender.intake.waiting.append((topic, list(ops), name, None))

    def run(self, seconds: float = 0.0) -> float | None:
        """Step until nothing is due within ``seconds``; what the last step answered."""
        until = self.now + seconds
        while True:
            wait = self.sender.step(self.now)
            if wait is None or self.now + wait > until:
                self.now = until
                return wait
            self.now += wait

    def _hello(self) -> dict[str, Any]:
        return {"t": "hello", "version": 1, "stream": self.sender.outbox.stream}

    def _new_stream(self) -> str:
        self.streams += 1
        return f"{self.sender.outbox.stream}-{self.streams}"


@pytest.fixture
def desk(transport: FakeTransport) -> Desk:
    return Desk(transport)


@pytest.fixture
def desks(transport: FakeTransport, tmp_path: Path) -> Callable[..., Desk]:
    """More producers, each with its stream, that share a spool."""

    def make(stream: str, **options: Any) -> Desk:
        return Desk(transport, stream, str(tmp_path / "state" / "spool.db"), **options)

    return make
