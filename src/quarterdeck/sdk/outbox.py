"""What a producer has not yet seen acknowledged: merged while it waits, frozen once it is sent.

Pure: no input or output, no threads, no reading of the time.  Memory is bounded by the state of the waiting topics and
by ``limit`` bytes, never by the rate of events.
"""

from __future__ import annotations

from collections import deque

from quarterdeck.core.fold import check_types
from quarterdeck.core.merge import Pending, weigh
from quarterdeck.core.ops import Refused
from quarterdeck.sdk.split import LARGEST_SET, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from quarterdeck.core.ops import Event, FieldType
    from quarterdeck.sdk.frame import Frame

LIMIT = 16 << 20
NAMED_LIMIT = 10_000
TOPICS_KNOWN = 10_000
# A message may take 1 MiB, and a character up to three bytes; what belongs together stays together up to here.
LARGEST = 300_000
LARGEST_PATCH = 100_000


class Batch:
    """What was frozen under one number of the stream: patch frames, sent again as they are until acknowledged.

    ``dropped`` is the number of events that had to be given up before it.  ``encoded`` is the transport's to fill.
    """

    __slots__ = ("dropped", "encoded", "frames", "number")

    def __init__(self, number: int, frames: list[Frame], dropped: int = 0) -> None:
        self.number = number
        self.frames = frames
        self.dropped = dropped
        self.encoded: bytes | None = None

    def renumber(self, number: int) -> None:
        """Give the batch its number in another stream."""
        self.number = number
        self.encoded = None
        for frame in self.frames:
            frame["batch"] = number


class _Part:
    """Consecutive events of one topic that travel as one patch: any number without a name, the last may have one."""

    __slots__ = ("at", "name", "pending")

    def __init__(self, name: str | None, at: int | None) -> None:
        self.pending = Pending()
        self.name = name
        self.at = at


class Outbox:
    """The producer's side of exactly once.

    ``window`` is how many batches may be on their way at a time, ``limit`` how many bytes (an estimate) may wait.
    """

    def __init__(self, stream: str, *, window: int = 1, limit: int = LIMIT, named_limit: int = NAMED_LIMIT) -> None:
        self.stream = stream
        self.window = window
        self.limit = limit
        self.named_limit = named_limit
        self.size = 0
        self.dropped = 0
        self.frozen: deque[Batch] = deque()
        self._next = 1
        self._waiting: dict[str, list[_Part]] = {}
        self._together: set[str] = set()
        self._named = 0
        self.unreported = 0
        self._types: dict[str, dict[str, FieldType]] = {}

    def __bool__(self) -> bool:
        """Whether anything is not yet acknowledged."""
        return bool(self._waiting or self.frozen)

    @property
    def waiting(self) -> bool:
        """Whether anything has yet to be frozen."""
        return bool(self._waiting)

    @property
    def full(self) -> bool:
        """Whether the next event would be dropped."""
        return self.size >= self.limit

    @property
    def crowded(self) -> bool:
        """Whether half of the room is taken."""
        return 2 * self.size >= self.limit

    def emit(self, topic: str, ops: Event, name: str | None = None, at: int | None = None) -> bool:
        """Take one event; False if there was no room and it was dropped, and counted.

        Raises Refused if it is malformed or contradicts the types that earlier events gave to the topic's fields.
        """
        if self.size >= self.limit:
            self.drop(1)
            return False
        if not ops and name is None:
            return True
        self._learn(topic, ops)
        if name is not None and self._named >= self.named_limit:
            # What it did to the state is kept; that it happened is lost, and counted.
            self.drop(1)
            name = at = None
        part = self._part(topic, name, at)
        before = part.pending.size
        part.pending.merge(ops)
        self.size += part.pending.size - before
        return True

    def emit_all(self, events: Iterable[tuple[str, Event, str | None, int | None]]) -> None:
        """Take several events (topic, ops, name, at) that become durable and visible together, in one batch.

        An event that is refused does not stop the others; the first refusal is raised at the end.
        """
        refused = None
        for topic, ops, name, at in events:
            try:
                if self.emit(topic, ops, name, at):
                    self._together.add(topic)
            except Refused as error:
                refused = refused or error
        if refused:
            raise refused

    def freeze(self, limit_bytes: int) -> Batch | None:
        """The next batch: whole topics, the longest waiting first, until about ``limit_bytes`` are together.

        None if nothing waits or the window is full.  It stays in ``frozen`` until it is acknowledged.  What is too
        large for one message is cut, and the further batches are in ``frozen`` behind the first.
        """
        if not self._waiting or len(self.frozen) >= self.window:
            return None
        chosen, size = self._choose(limit_bytes)
        frames = [frame for topic in chosen for part in self._waiting.pop(topic) for frame in self._frames(topic, part)]
        first = self._next
        for group in _pack(frames, limit_bytes) if size > LARGEST else [frames]:
            self._seal(group)
        self.size = self.size - size if self._waiting else 0
        self._named -= sum("name" in frame for frame in frames)
        return next(batch for batch in self.frozen if batch.number == first)

    def acknowledged(self, number: int, refused: Iterable[dict[str, Any]] = ()) -> None:
        """The hub has batch ``number``, and so all before it; ``refused`` are the events that it did not accept."""
        while self.frozen and self.frozen[0].number <= number:
            self.frozen.popleft()
        for refusal in refused:
            # Evidently the topic has other types than we thought; the hub is the judge until we know better.
            self._types.pop(refusal.get("topic", ""), None)

    def withdraw(self, batch: Batch) -> None:
        """Give up the newest frozen batch, which was never sent: its number is free again, its events are dropped."""
        if self.frozen and self.frozen[-1] is batch:
            self.frozen.pop()
            self._next = batch.number
            self.unreported += batch.dropped
            self.drop(len(batch.frames))

    def discard(self, number: int) -> None:
        """Batch ``number`` will never be accepted; its events are counted as dropped.  A new stream has to follow."""
        for batch in list(self.frozen):
            if batch.number == number:
                self.frozen.remove(batch)
                self.unreported += batch.dropped
                self.drop(len(batch.frames))

    def handed_on(self, batch: Batch) -> None:
        """The frozen batch is kept elsewhere (the spool) until it is acknowledged; its number stays used."""
        self.frozen.remove(batch)

    def restart(self, stream: str) -> None:
        """Begin another stream: the hub does not know this one as far as we do.  What is frozen keeps its order."""
        self.stream = stream
        for number, batch in enumerate(self.frozen, 1):
            batch.renumber(number)
        self._next = len(self.frozen) + 1

    def reset(self, stream: str) -> None:
        """Forget everything and begin another stream: in a forked child, whose parent sends what was waiting."""
        self.frozen.clear()
        self._waiting.clear()
        self._together.clear()
        self._named = self.unreported = self.dropped = self.size = 0
        self.restart(stream)

    def drop(self, count: int) -> None:
        """Count events that had to be given up; the next batch reports them."""
        self.dropped += count
        self.unreported += count

    def _learn(self, topic: str, ops: Event) -> None:
        types = self._types.get(topic)
        if types is None:
            types = {}
            check_types(types, ops)
            if len(self._types) >= TOPICS_KNOWN:
                del self._types[next(iter(self._types))]
            if types:
                self._types[topic] = types
            return
        check_types(types, ops)
        if not types:
            del self._types[topic]

    def _part(self, topic: str, name: str | None, at: int | None) -> _Part:
        parts = self._waiting.get(topic)
        if parts is None:
            parts = self._waiting[topic] = []
        if name is not None:
            self._named += 1
        if parts and parts[-1].name is None:
            part = parts[-1]
            part.name, part.at = name, at or part.at
            return part
        parts.append(_Part(name, at))
        return parts[-1]

    def _frames(self, topic: str, part: _Part) -> list[Frame]:
        """The patches of one part: a single one unless it is large; the name goes with the last."""
        events = [part.pending.take()] if part.pending.size <= LARGEST_SET else self._cut(topic, part)
        frames: list[Frame] = [{"t": "patch", "topic": topic, "ops": ops} for ops in events]
        if part.at is not None:
            frames[-1]["at"] = part.at
        if part.name is not None:
            frames[-1]["name"] = part.name
        return frames

    def _cut(self, topic: str, part: _Part) -> list[Event]:
        return split(part.pending.take(), self._types.get(topic, {}), LARGEST_PATCH)

    def _seal(self, frames: list[Frame]) -> None:
        batch = Batch(self._next, frames, self.unreported)
        batch.renumber(self._next)
        if batch.dropped:
            frames[0]["dropped"] = batch.dropped
        self.unreported = 0
        self._next += 1
        self.frozen.append(batch)

    def _choose(self, limit_bytes: int) -> tuple[list[str], int]:
        """The topics of the next batch, and how many bytes wait in them."""
        chosen: list[str] = []
        size = 0
        for topic, parts in self._waiting.items():
            if chosen and size >= limit_bytes:
                break
            chosen.append(topic)
            size += sum(part.pending.size for part in parts)
        if not self._together.isdisjoint(chosen):
            have = set(chosen)
            more = [topic for topic in self._waiting if topic in self._together and topic not in have]
            size += sum(part.pending.size for topic in more for part in self._waiting[topic])
            chosen += more
            self._together.clear()
        return chosen, size


def _pack(frames: list[Frame], limit: int) -> Iterator[list[Frame]]:
    """The frames in groups of about ``limit`` bytes."""
    group: list[Frame] = []
    size = 0
    for frame in frames:
        if group and size >= limit:
            yield group
            group, size = [], 0
        group.append(frame)
        size += weigh(frame["ops"])
    yield group
