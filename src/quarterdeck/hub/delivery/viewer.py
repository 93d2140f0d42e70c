"""A viewer: one seq and what it watches, no queue. What it is owed is computed when it is ready for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.hub.delivery.interest import FULL, NOTHING, Interest, Watch
from quarterdeck.hub.delivery.patches import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable
    from typing import Any, Literal

    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.delivery.windows import Windows

    Send = Callable[[str], Awaitable[None]]
    # A frame, or one whose cells have yet to be read.
    Text = str | Coroutine[Any, Any, str]

_PORTION = 2**20
UNSEEN = -1


class Watching(NamedTuple):
    """What one ``watch`` frame asked for; ``window`` is in minutes, None for none."""

    watches: tuple[Watch, ...]
    window: int | None


class Viewer:
    """Follows the board for one connection. All methods are for one task at a time, ``offer`` is for the board.

    ``write`` writes a text at once if the connection can take it now, else returns False and the text stays owed: then
    who keeps up needs no task to be woken. It is None while nothing may be written so.
    """

    __slots__ = ("_board", "_interest", "_waiter", "_windows", "seq", "watching", "write")

    def __init__(self, board: Board, windows: Windows, write: Callable[[str], bool] | None = None) -> None:
        self._board = board
        self._windows = windows
        self.write = write
        self._waiter: asyncio.Future[None] | None = None
        self.seq = board.seq
        self.watching: dict[str, Watching] = {}
        self._interest: Interest = board.audience.join(frozenset())

    async def watch(self, id: str, wanted: Watching, after: int = UNSEEN, topic: str | None = None) -> str:
        """The frames that begin a watch: what was owed, snapshots or (from ``after`` on) patches, and the reply.

        ``after`` is a seq of this epoch that the client has seen of all it asks for. ``topic`` goes into the reply.
        """
        seq = self._board.close()
        owed = self._all()
        before = self._interest
        self._replace({**self.watching, id: wanted})
        frames = self._caught_up(Interest(wanted.watches), after, seq, before)
        reply: dict[str, object] = {"t": "reply", "id": id, "seq": seq}
        if topic is not None:
            reply["topic"] = topic
        if after < self._board.states.ended_floor:
            reply["fresh"] = True
        # All of it stands at this one border, so nothing may be awaited before here.
        return await _written([*owed, *frames, encode(reply)])

    def unwatch(self, id: str) -> bool:
        """Stop watching; whether there was such a watch."""
        known = id in self.watching
        self._replace({name: watching for name, watching in self.watching.items() if name != id})
        return known

    def close(self, linger: float = 0.0) -> None:
        """The connection is gone. Its topics stay watched for ``linger`` seconds: who comes back gets patches."""
        if linger:
            asyncio.get_running_loop().call_later(linger, self._board.audience.leave, self._interest)
        else:
            self._board.audience.leave(self._interest)

    def _replace(self, watching: dict[str, Watching]) -> None:
        old, self.watching = self._interest, watching
        self._interest = self._board.audience.join(frozenset(w for wanted in watching.values() for w in wanted.watches))
        self._board.audience.leave(old)
        old.waiting.discard(self)
        self._wake()

    async def wait(self) -> None:
        """Return when there may be something to take."""
        if self.seq < self._board.seq:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        self._interest.waiting.add(self)
        try:
            await self._waiter
        finally:
            self._interest.waiting.discard(self)
            self._waiter = None

    def offer(self, seq: int, text: str) -> bool:
        """See ``interest.Waiting``."""
        if self.write is not None and self.write(text):
            self.seq = seq
            return True
        # Every batch before this one had nothing for this interest, or it would have been offered.
        self.seq = max(self.seq, seq - 1)
        self._wake()
        return False

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self) -> str:
        """What is owed up to the last border, at most about a mebibyte of patches at a time."""
        if self.seq < self._board.ring.floor:
            self._board.close()
            return await _written(self._all())
        lines: list[str] = []
        size = 0
        for batch in self._board.ring.since(self.seq):
            text = batch.join(self._interest)
            if size and size + len(text) > _PORTION:
                return _joined(lines)
            if text:
                lines.append(text)
                size += len(text)
            self.seq = batch.seq
        self.seq = self._board.seq
        return _joined(lines)

    def _all(self) -> list[Text]:
        """Everything owed up to this border."""
        seen, self.seq = self.seq, self._board.seq
        if seen >= self._board.ring.floor:
            return [text for batch in self._board.ring.since(seen) if (text := batch.join(self._interest))]
        frames = self._caught_up(self._interest, seen, self.seq)
        if seen < self._board.states.ended_floor:
            frames += [encode({"t": "reply", "id": id, "seq": self.seq, "fresh": True}) for id in self.watching]
        return frames

    def _caught_up(self, interest: Interest, after: int, seq: int, known: Interest | None = None) -> list[Text]:
        """Patches after ``after`` of the topics that the ring has in full, snapshots of the others that have changed.

        What is ``known`` already is sent whole: its patches have been sent before.
        """
        states = self._board.states
        frames: list[Text] = []
        wanted = _topics_of(self._board, interest, after)
        stale = [topic for topic in wanted if after == UNSEEN or states.changed_after(topic, after)]
        followed = frozenset(topic for topic in stale if self._has_patches(interest, topic, after, known, seq))
        if followed:
            frames += self._patches(interest, followed, after)
        return frames + self._snapshots(interest, [topic for topic in stale if topic not in followed], seq)

    def _has_patches(self, interest: Interest, topic: str, after: int, known: Interest | None, seq: int) -> bool:
        if known is not None and known.covers(topic, seq) != NOTHING:
            return False
        live = self._board.states.get(topic)
        if live is None or live.unrecorded > after or after < self._board.ring.floor or after == UNSEEN:
            return False
        return interest.covers(topic, after + 1) != NOTHING

    def _patches(self, interest: Interest, topics: frozenset[str], after: int) -> list[str]:
        found = []
        for batch in self._board.ring.since(after):
            for topic in topics & batch.patches.keys():
                patch = batch.patches[topic]
                found.append(patch.full if interest.covers(topic, batch.seq) == FULL else patch.plain)
        return [text for text in found if text]

    def _snapshots(self, interest: Interest, topics: Iterable[str], seq: int) -> list[Text]:
        """Snapshots at the border ``seq``; states are read now, cells when it is written."""
        window = max((wanted.window or 0 for wanted in self.watching.values()), default=0)
        return [
            self._windows.begin(topic, window)
            if window and interest.covers(topic, seq) == FULL
            else self._board.snapshot(topic)
            for topic in topics
        ]


class Turn(asyncio.Lock):
    """Held by who says something to the other side: that goes first, the viewer does not write by itself meanwhile."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self._write = viewer.write

    async def acquire(self) -> Literal[True]:
        """See asyncio."""
        await super().acquire()
        self._viewer.write = None
        return True

    def release(self) -> None:
        """See asyncio."""
        self._viewer.write = self._write
        super().release()


def _topics_of(board: Board, interest: Interest, after: int) -> list[str]:
    """Every topic that the interest covers now, and those that it covered and that ended after ``after``."""
    names = dict.fromkeys(interest.topics)
    for prefix in interest.prefixes:
        names.update(dict.fromkeys(topic for topic in board.states.under(prefix) if interest.brings(topic)))
    for query in interest.queries:
        names[query.topic] = None
        names.update(dict.fromkeys(query.members))
    if after != UNSEEN:
        ended = board.states.ended.items()
        names.update(dict.fromkeys(topic for topic, seq in ended if seq > after and interest.covers(topic, seq)))
    return list(names)


async def _written(texts: list[Text]) -> str:
    """The message, when the cells of its snapshots have been read."""
    try:
        return _joined([text if isinstance(text, str) else await text for text in texts])
    finally:
        # Whoever leaves in the middle leaves nothing behind.
        for text in texts:
            if not isinstance(text, str):
                text.close()


def _joined(frames: list[str]) -> str:
    return "\n".join(frames)
