"""Watched lists: a query that is watched is the unstored topic ``query/<hash>``; its map ``rows`` is topic -> sort key.

What enters brings its snapshot in the same batch, what leaves is dropped from the rows; the members' own patches
follow.  There is one list for a query and rights, for all who watch it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

from quarterdeck.kinds import all_kinds, kind_of
from quarterdeck.store.query import column_value, cursor_of, matches, rank

if TYPE_CHECKING:
    from quarterdeck.core.begin import Said
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.peers import Rights
    from quarterdeck.store.contract import Page
    from quarterdeck.store.query import Query

_log = logging.getLogger(__name__)
Key = tuple[tuple[int, Any], str]


class Watched:
    """One watched list. ``members`` is topic -> the batch with which it entered."""

    def __init__(self, board: Board, query: Query, rights: Rights, topic: str) -> None:
        self.topic = topic
        self.query = query
        self.rights = rights
        self.viewers = 0
        self.members: dict[str, int] = {}
        self.ready: asyncio.Task[None] | None = None
        self._board = board
        self._values: dict[str, Any] = {}
        self._keys: list[Key] = []  # ascending, whatever the order
        self._more = False
        self._touched: set[str] | None = None
        self._stale = False
        cursor = cursor_of(query)
        self._after: Key | None = (rank(cursor.value), cursor.topic) if cursor else None
        self._columns = {kind.name: kind.columns for kind in all_kinds()}.get(query.kind or "", ())
        self._minded = {condition.column for condition in query.where} | {query.column}
        self._minded |= set(self._columns) if query.q else set()

    def covers(self, topic: str, seq: int) -> bool:
        """Whether the topic entered before batch ``seq``."""
        entered = self.members.get(topic)
        return entered is not None and seq > entered

    def load(self) -> asyncio.Task[None]:
        """Read the page from the store; whoever asks meanwhile waits for the same reading."""
        self._stale = True
        if self.ready is None or self.ready.done():
            self.ready = asyncio.get_running_loop().create_task(self._load())
            self.ready.add_done_callback(_note_failure)
        return self.ready

    async def _load(self) -> None:
        while self._stale:
            self._stale = False
            touched = self._touched = set()
            try:
                page = await self._board.list(self.query, whole=False)
            finally:
                self._touched = None
            self._fill(page)
            # What changed while the page was read may be newer than the page.
            for topic in touched:
                self.changed(topic)
            if self._more and self._keys and self._last()[1] in touched:
                self._stale = True

    def _fill(self, page: Page) -> None:
        self._more = page.next is not None
        found = {item.topic: item.state.values for item in page.items if self.rights.may_watch(item.topic)}
        for topic in [topic for topic in self.members if topic not in found]:
            self._remove(topic)
        for topic, values in found.items():
            self._place(topic, values)

    def minds(self, ops: Said) -> bool:
        """Whether an event may change who belongs here, and where."""
        minded = self._minded
        return any(len(op) == 1 or op[1] in minded for op in ops)

    def changed(self, topic: str) -> None:
        """A topic that may belong here has changed, begun or ended."""
        if self._touched is not None:
            self._touched.add(topic)
        state = self._board.state(topic)
        if state is None or not self._fits(topic, state.values):
            if topic in self.members:
                self._remove(topic)
                self._refill()
        elif topic in self.members or not self._is_beyond(self._key(topic, state.values)):
            self._place(topic, state.values)
        else:
            self._more = True

    def _fits(self, topic: str, values: dict[str, Any]) -> bool:
        kind = kind_of(topic)
        if not matches(self.query, kind.name if kind else None, topic, values, self._columns):
            return False
        if not self.rights.may_watch(topic):
            return False
        return self._after is None or self._precedes(self._after, self._key(topic, values))

    def _key(self, topic: str, values: dict[str, Any]) -> Key:
        return rank(column_value(self.query.column, topic, values)), topic

    def _precedes(self, one: Key, other: Key) -> bool:
        return one > other if self.query.descending else one < other

    def _is_beyond(self, key: Key) -> bool:
        """Whether a place is behind the page's end."""
        if not self._keys or (len(self._keys) < self.query.limit and not self._more):
            return False
        return self._precedes(self._last(), key)

    def _last(self) -> Key:
        return self._keys[0 if self.query.descending else -1]

    def _place(self, topic: str, values: dict[str, Any]) -> None:
        """Put a topic where it belongs; who is pushed off the page leaves."""
        value = column_value(self.query.column, topic, values)
        known = topic in self.members
        if known:
            if self._values[topic] == value and type(self._values[topic]) is type(value):
                return
            self._keys.remove((rank(self._values[topic]), topic))
        else:
            self.members[topic] = self._board.seq + 1
            self._board.enter(self, topic)
        self._values[topic] = value
        insort(self._keys, (rank(value), topic))
        self._publish([["put", "rows", {topic: value}]])
        if len(self._keys) > self.query.limit:
            self._more = True
            self._remove(self._last()[1])
        elif known and self._last()[1] == topic:
            self._refill()

    def _remove(self, topic: str) -> None:
        if self.members.pop(topic, None) is None:
            return
        at = bisect_left(self._keys, (rank(self._values.pop(topic)), topic))
        del self._keys[at]
        self._board.audience.version += 1
        self._publish([["drop", "rows", topic]])

    def _refill(self) -> None:
        """A page that has lost a member, or has one that moved to its end, may have to take the next from behind."""
        if self._more:
            self.load()

    def _publish(self, ops: Event) -> None:
        self._board.publish(self.topic, ops)

    def end(self) -> None:
        """Nobody watches any longer."""
        if self.ready is not None:
            self.ready.cancel()
        if self._board.state(self.topic) is not None:
            self._publish([["drop"]])


def _note_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        _log.warning("a watched list could not be read again, and shows what it had: %s", failure)


class Queries:
    """The watched lists of a board."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._open: dict[str, Watched] = {}
        board.listen("", self._on_event)

    async def open(self, query: Query, rights: Rights) -> Watched:
        """The list, filled, with one viewer more; raises Refused. ``close`` gives it back."""
        name = hashlib.sha256(repr((query, rights.watch, rights.free, rights.private)).encode()).hexdigest()[:16]
        watched = self._open.get(name)
        if watched is None:
            watched = self._open[name] = Watched(self._board, query, rights, f"query/{name}")
            self._board.publish(watched.topic, [["put", "rows", {}]])
            watched.load()
        watched.viewers += 1
        try:
            await asyncio.shield(watched.ready or watched.load())
        except BaseException:
            self.close(watched)
            raise
        return watched

    def close(self, watched: Watched) -> None:
        """One viewer less; with the last one the list ends."""
        watched.viewers -= 1
        if not watched.viewers:
            self._open.pop(watched.topic.removeprefix("query/"), None)
            watched.end()

    def _on_event(self, topic: str, ops: Said, _name: str | None) -> None:
        if self._open and not topic.startswith("query/"):
            kind, state = kind_of(topic), self._board.state(topic)
            # Of a topic that begins, all fields are in its first event.
            begins = state is None or len(state.types) <= len(ops)
            for watched in list(self._open.values()):
                fits = watched.query.kind is None or (kind is not None and kind.name == watched.query.kind)
                if fits and (begins or watched.minds(ops)):
                    watched.changed(topic)
