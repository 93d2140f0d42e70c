"""The board: folds every event into its topic, hands it to the commit, and to whoever watches."""

from __future__ import annotations

import logging
import random
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from quarterdeck.core.admit import admit
from quarterdeck.core.begin import begin
from quarterdeck.core.fold import apply, unfold
from quarterdeck.core.merge import Pending
from quarterdeck.core.topics import is_under, new_id
from quarterdeck.hub.delivery.audience import Audience
from quarterdeck.hub.delivery.borders import Borders
from quarterdeck.hub.delivery.patches import patch_of, snapshot_of
from quarterdeck.hub.delivery.ring import RING_BYTES, Batch, Ring
from quarterdeck.hub.delivery.states import HELD, NONE, States, series_of
from quarterdeck.store.contract import NamedEvent, Page, Stored, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quarterdeck.core.begin import Begun, Said
    from quarterdeck.core.fold import TopicState
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.delivery.borders import Timers
    from quarterdeck.hub.delivery.interest import Members
    from quarterdeck.hub.delivery.states import Live
    from quarterdeck.store.contract import Store
    from quarterdeck.store.query import Query

    Listener = Callable[[str, Said, str | None], None]

_SHARED = 256
_ROOTS = 1000
_DROP = ["drop"]
_END = [_DROP]
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Aside(Protocol):
    """Calls what may take long, and answers when it has returned; a thread does it while the event loop goes on."""

    async def __call__(self, look: Callable[[], _T], /) -> _T: ...


async def at_once(look: Callable[[], _T], /) -> _T:
    """For a store in memory, and for played time: nothing takes long."""
    return look()


class Commits(Protocol):
    """What the board needs of the commit loop (``hub/commits.py``)."""

    def change(self, topic: str, ops: Event) -> None: ...
    def begin(self, topic: str, begun: Begun) -> None: ...
    def event(self, event: NamedEvent) -> None: ...
    def move(self, topic: str, new: str) -> None: ...
    def is_uncommitted(self, topic: str) -> bool: ...
    async def committed(self, *, patient: bool = True) -> None: ...


class Board:
    """All topics, seen from one thread. ``seq`` numbers the last closed batch of ``epoch``: this start of the hub."""

    def __init__(
        self,
        store: Store,
        commits: Commits,
        now: Callable[[], int],
        *,
        timers: Timers | None = None,
        aside: Aside = at_once,
        ring_bytes: int = RING_BYTES,
        held: int = HELD,
    ) -> None:
        self.epoch = secrets.token_hex(6)
        self.seq = 0
        self.accepted = 0
        self.ring = Ring(ring_bytes)
        self.audience = Audience()
        self.states = States(store, commits, self.audience.watches, held)
        self._store = store
        self._commits = commits
        self._now = now
        self._aside = aside
        self._listeners: list[tuple[str, Listener]] = []
        # The same by the first segment of topics; without a prefix, who hears of all that begin so.
        self._of_root: dict[str, tuple[tuple[str, Listener], ...]] = {}
        self._open: list[Live] = []
        self._entering: dict[Members, set[str]] = {}
        self._dirty = False
        self._reached = 0  # viewers, by the last batch
        self.borders = Borders(self._close, timers)
        self._snapshots: dict[str, str] = {}

    def publish(
        self,
        topic: str,
        ops: Event,
        *,
        at: int | None = None,
        name: str | None = None,
        by: str | None = None,
        data: Any = None,
        new: bool = False,
    ) -> None:
        """Accept an event: fold, batch, and put it before the commit. Raises Refused, and then nothing has changed.

        ``at`` is in microseconds UTC (now if None); ``name`` makes it a named event, with who did it and plain data.
        ``new``: the caller knows that there is no such topic.
        """
        live = self.states.touch(topic, new=new)
        begins = not live.exists
        ops = _with_birth(live, ops, begins)
        begun = begin(ops) if begins else None
        if begun is None:
            grown = _fold(live, ops)
        else:
            begun.fold(live.state)
            grown = begun.size
        if ops:
            self._note(live, ops)
            live.weight.bytes += grown
            if begun is not None:
                self._commits.begin(topic, begun)
            else:
                self._commits.change(topic, ops)
        self._accepted(live, ops, at, name, by, data)

    def begin(
        self, topic: str, begun: Begun, *, at: int | None = None, name: str | None = None, by: str | None = None
    ) -> None:
        """Accept the first event of a topic, of which the caller knows that there is none; see ``publish``."""
        live = self.states.touch(topic, new=True)
        if live.exists:  # it was wrong, and nothing of what is there may be lost
            self.publish(topic, begun.unfold(), at=at, name=name, by=by)
            return
        begun.fold(live.state)
        self._note(live, begun)
        live.weight.bytes += begun.size
        self._commits.begin(topic, begun)
        self._accepted(live, begun, at, name, by, None)

    def _accepted(self, live: Live, ops: Said, at: int | None, name: str | None, by: str | None, data: Any) -> None:
        """Keep the event if it is named, and let all who listen hear of it."""
        self.accepted += 1
        if name is not None and not (live.kind is not None and live.kind.is_routine(name, by)):
            now = self._now() if at is None else at
            self._commits.event(NamedEvent(new_id(now, random.getrandbits(45)), now, live.topic, name, by, data))
        self._tell(live.topic, ops, name)

    def rename(self, topic: str, new: str, ops: Event) -> None:
        """Let a topic go on under a name that no topic has, its series too; ``ops`` are what changes with the name.

        Whoever watches sees the one end and the other begin.  Call it right after ``committed``, so that no change of
        the topic waits.  Raises Refused.
        """
        state = self.states.read(topic)
        if state is not None:
            self.publish(new, [*unfold(state), *ops])
            self._commits.move(topic, new)
            self.publish(topic, [["drop"]])

    def end(self, topics: Iterable[str]) -> None:
        """End these topics.  Of those that nobody has in view or in mind only the store need hear."""
        for topic in topics:
            if self.states.get(topic) is not None or self.audience.watches(topic):
                self.publish(topic, [["drop"]])
            else:
                self.states.note_end(topic, self.seq + 1)
                self._commits.change(topic, _END)

    def _note(self, live: Live, ops: Said) -> None:
        """Let the open batch have it, if anybody watches."""
        live.changed = self.seq + 1
        if live.asked != self.audience.version:
            live.asked, live.watched = self.audience.version, self.audience.watches(live.topic)
        if live.watched:
            if live.batch is None:
                live.batch = Pending(sized=False)
                self._open.append(live)
            live.batch.merge(ops if isinstance(ops, list) else ops.unfold())
        else:
            live.unrecorded = live.changed
            if live.told and any(len(op) == 1 for op in ops):
                live.told = NONE
        if not live.exists:
            live.weight.clear()
            self.states.note_end(live.topic, live.changed)
        self._touch()

    def _touch(self) -> None:
        self._dirty = True
        self.borders.touch()

    def _close(self) -> int:
        watched = bool(self._open or self._entering)
        self.close()
        return max(1, self._reached) if watched else 0

    def _tell(self, topic: str, ops: Said, name: str | None) -> None:
        root = topic.partition("/")[0]
        listeners = self._of_root.get(root)
        if listeners is None:
            found = [(prefix, heard) for prefix, heard in self._listeners if prefix.partition("/")[0] in ("", root)]
            if len(self._of_root) >= _ROOTS:
                self._of_root = {}
            heard_of_all = [("" if prefix == root else prefix, heard) for prefix, heard in found]
            listeners = self._of_root[root] = tuple(heard_of_all)
        for prefix, listener in listeners:
            if not prefix or is_under(topic, prefix):
                try:
                    listener(topic, ops, name)
                except Exception:
                    _log.exception("a listener under %r failed on an event of %s; the event stands", prefix, topic)

    def close(self) -> int:
        """End the open batch if it holds anything, and give it to who waits for it. Returns the seq of this border."""
        if not self._dirty:
            return self.seq
        self._dirty = False
        self.seq += 1
        self._snapshots.clear()
        entries = {query: {name: self.snapshot(name) for name in names} for query, names in self._entering.items()}
        batch = Batch(self.seq, {live.topic: patch_of(live, self.seq) for live in self._open}, entries)
        self._open, self._entering = [], {}
        if batch.patches or batch.entries:
            self.ring.append(batch)
            self._reached = 0
            for interest in self.audience:
                if interest.waiting and (text := batch.join(interest)):
                    self._reached += len(interest.waiting)
                    interest.offer(self.seq, text)
        self.states.evict()
        return self.seq

    def enter(self, query: Members, topic: str) -> None:
        """A topic has come onto a watched list: the open batch brings its snapshot to those who watch the list."""
        self._entering.setdefault(query, set()).add(topic)
        self.audience.version += 1
        self._touch()

    def snapshot(self, topic: str) -> str:
        """The snapshot frame of a topic, to be asked for at a border only (see ``close``)."""
        text = self._snapshots.get(topic)
        if text is None:
            live = self.states.get(topic)
            if live is not None:
                live.told = series_of(live.state)
            text = snapshot_of(topic, self.states.read(topic), self.seq, self.epoch)
            if len(self._snapshots) < _SHARED:
                self._snapshots[topic] = text
        return text

    def state(self, topic: str) -> TopicState | None:
        """The state as of now, which the caller must not change; None if there is no such topic."""
        return self.states.read(topic)

    async def committed(self, *, patient: bool = True) -> None:
        """Return when everything published so far is durable.

        If not ``patient``, raise StoreError if it cannot be made durable now.
        """
        await self._commits.committed(patient=patient)

    def listen(self, prefix: str, callback: Listener) -> Callable[[], None]:
        """Call ``callback(topic, ops, event name)`` after each event under ``prefix``, folded. Returns what ends it."""
        entry = (prefix, callback)
        self._listeners.append(entry)
        self._of_root = {}
        return lambda: self._hush(entry)

    def _hush(self, entry: tuple[str, Listener]) -> None:
        if entry in self._listeners:
            self._listeners.remove(entry)
            self._of_root = {}

    async def list(self, query: Query, *, whole: bool = True) -> Page:
        """A page of a list that includes everything published before the call; states as of now. Raises Refused.

        While the store is in trouble it is as complete as what could be written.
        """
        page = await self.look(lambda: self._store.topics(query, whole=whole))
        return Page([self._newest(item) for item in page.items], page.next)

    async def look(self, look: Callable[[], _T]) -> _T:
        """Look into the store beside the event loop, once it has everything published before the call."""
        with suppress(StoreError):
            await self._commits.committed(patient=False)
        return await self._aside(look)

    def _newest(self, item: Stored) -> Stored:
        live = self.states.get(item.topic)
        return item if live is None or not live.exists else item._replace(state=live.state)


def _fold(live: Live, ops: Event) -> int:
    """Bring an event into the state, which grows by as many bytes at most. Raises Refused."""
    grown = admit(live.state, ops)
    if live.weight.is_doubtful:
        live.weight.check(live.topic, live.state, ops)
    apply(live.state, ops)
    return grown


def _with_birth(live: Live, ops: Event, begins: bool) -> Event:
    """The event with its kind's birth where the topic begins: before the first operation of each of its lives."""
    if live.kind is None or not ops:
        return ops
    if _DROP not in ops:
        return [*live.kind.birth(), *ops] if begins else ops
    grown: Event = []
    for op in ops:
        ends = op == _DROP
        if begins and not ends:
            grown += live.kind.birth()
        begins = ends
        grown.append(op)
    return grown
