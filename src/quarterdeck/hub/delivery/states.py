"""The states that the hub holds in memory: what is live or watched; the rest is read from the store when needed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol

from quarterdeck.core.fold import TopicState
from quarterdeck.core.ops import SERIES
from quarterdeck.core.topics import is_under
from quarterdeck.hub.delivery.weight import Weight
from quarterdeck.kinds import kind_of
from quarterdeck.store.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quarterdeck.core.merge import Pending
    from quarterdeck.kinds.kind import Kind
    from quarterdeck.store.contract import Store

HELD = 20_000
NONE: frozenset[str] = frozenset()
_ENDED = 10_000
_PAGE = 1000


class Uncommitted(Protocol):
    """The part of the commit loop that knows what is not yet in the store."""

    def is_uncommitted(self, topic: str) -> bool: ...


class Live:
    """A topic in memory. ``changed`` is the seq of the batch with its last change, ``unrecorded`` of the last one whose
    patch was not serialised because nobody watched; ``batch`` holds what the open batch says of it, ``told`` names
    the series whose type every watcher knows."""

    __slots__ = ("asked", "batch", "changed", "kind", "state", "told", "topic", "unrecorded", "watched", "weight")

    def __init__(self, topic: str, state: TopicState, changed: int) -> None:
        self.topic = topic
        self.state = state
        self.kind: Kind | None = kind_of(topic)
        self.changed = changed
        self.unrecorded = changed
        self.watched = False
        self.asked = -1
        self.batch: Pending | None = None
        self.told = series_of(state) if state.types else NONE
        self.weight = Weight()

    @property
    def exists(self) -> bool:
        """Whether the topic has begun and not ended."""
        return bool(self.state.types)


def series_of(state: TopicState) -> frozenset[str]:
    """The fields that are series; of most topics the very same empty set."""
    return frozenset([field for field, known in state.types.items() if known[0] == SERIES]) or NONE


class States:
    """Topics by name, the least recently used first; at most ``held`` quiet ones stay."""

    def __init__(self, store: Store, commits: Uncommitted, watched: Callable[[str], bool], held: int = HELD) -> None:
        self._store = store
        self._commits = commits
        self._watched = watched
        self._held = held
        self._live: dict[str, Live] = {}
        self._floor = 0  # no topic outside of memory has changed after this batch
        self.ended: dict[str, int] = {}
        self.ended_floor = 0  # ends up to this batch are forgotten

    def __len__(self) -> int:
        return len(self._live)

    def get(self, topic: str) -> Live | None:
        """The topic if it is in memory."""
        return self._live.get(topic)

    def read(self, topic: str) -> TopicState | None:
        """The topic's state, not to be changed; None if there is no such topic. What is read stays out of memory."""
        live = self._live.get(topic)
        if live is None:
            return self._load(topic)
        return live.state if live.exists else None

    def touch(self, topic: str, *, new: bool = False) -> Live:
        """The topic about to change, as the most recently used; ``new``: the store has none of this name."""
        live = self._live.pop(topic, None)
        if live is None:
            state = None if new else self._load(topic)
            return self._hold(topic, TopicState() if state is None else state)
        self._live[topic] = live
        return live

    def _load(self, topic: str) -> TopicState | None:
        # What is out of memory and not committed has been left: it has ended, and the store is about to hear of it.
        return None if self._commits.is_uncommitted(topic) else self._store.load(topic)

    def _hold(self, topic: str, state: TopicState) -> Live:
        live = self._live[topic] = Live(topic, state, self._floor)
        return live

    def under(self, prefix: str) -> Iterator[str]:
        """The names of all topics under the prefix that exist, in memory or in the store."""
        for topic, live in self._live.items():
            if live.exists and is_under(topic, prefix):
                yield topic
        query = Query(prefix=prefix, limit=_PAGE)
        while True:
            page = self._store.topics(query, whole=False)
            yield from (item.topic for item in page.items if item.topic not in self._live)
            if page.next is None:
                return
            query = Query(prefix=prefix, limit=_PAGE, after=page.next)

    def changed_after(self, topic: str, seq: int) -> bool:
        """Whether the topic may have changed after batch ``seq``."""
        live = self._live.get(topic)
        return (self._floor if live is None else live.changed) > seq

    def note_end(self, topic: str, seq: int) -> None:
        """Remember the end of a topic, for viewers who were away."""
        self.ended.pop(topic, None)
        self.ended[topic] = seq
        if len(self.ended) > _ENDED:
            oldest = next(iter(self.ended))
            self.ended_floor = max(self.ended_floor, self.ended.pop(oldest))

    def evict(self) -> None:
        """Let go of quiet topics beyond the limit: not watched, committed, and not in the open batch."""
        surplus = len(self._live) - self._held
        if surplus <= 0:
            return
        going: list[Live] = []
        for live in islice(self._live.values(), surplus + _PAGE):
            if self._may_go(live):
                going.append(live)
                if len(going) == surplus:
                    break
        for live in going:
            del self._live[live.topic]
            self._floor = max(self._floor, live.changed)

    def _may_go(self, live: Live) -> bool:
        """Whether nobody needs it now and the store has it."""
        if live.batch is not None or self._watched(live.topic) or self._commits.is_uncommitted(live.topic):
            return False
        return live.kind is None or live.kind.stored or not live.exists

    def items(self) -> Iterator[Live]:
        """Everything in memory."""
        return iter(self._live.values())
