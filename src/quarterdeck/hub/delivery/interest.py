"""What a viewer watches; viewers who watch the same share one Interest, and with it the joined bytes of each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from quarterdeck.kinds import is_private

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

NOTHING, PLAIN, FULL = 0, 1, 2
_REMEMBERED = 20_000


class Members(Protocol):
    """The topics on a watched list, which come and go."""

    topic: str
    members: dict[str, int]

    def covers(self, topic: str, seq: int) -> bool:
        """Whether the topic was a member before batch ``seq``, so that its watchers know its state."""
        ...


class Waiting(Protocol):
    """A viewer that has all it is owed."""

    def offer(self, seq: int, text: str) -> bool:
        """Take ``text``, all that batch ``seq`` has for it; whether it went out, so that the viewer goes on waiting."""
        ...


class Watch(NamedTuple):
    """One thing that is watched: a topic, a prefix or a query; with ``window`` its record operations, too.

    With ``private`` a prefix brings what is kept from guests, too.
    """

    topic: str | None = None
    prefix: str | None = None
    query: Members | None = None
    window: bool = False
    private: bool = False


class Interest:
    """A set of watches. ``covers`` is NOTHING, PLAIN or FULL (with record operations)."""

    __slots__ = ("_covered", "prefixes", "private", "queries", "topics", "viewers", "waiting", "watches")

    def __init__(self, watches: Collection[Watch]) -> None:
        self.watches = frozenset(watches)
        self.topics = _strongest((w.topic, w.window) for w in watches if w.topic is not None)
        self.prefixes = _strongest((w.prefix, w.window) for w in watches if w.prefix is not None)
        self.private = any(w.private for w in watches)
        self.queries = tuple(w.query for w in watches if w.query is not None)
        self.viewers = 0
        self.waiting: set[Waiting] = set()
        self._covered: dict[str, int] = {}

    def covers(self, topic: str, seq: int) -> int:
        """How this interest wants the patch of a topic in batch ``seq``; a query's member counts after its entry."""
        found = self._covered.get(topic)
        if found is None:
            found = self._remember(topic)
        if found == NOTHING and self.queries:
            return PLAIN if any(query.covers(topic, seq) for query in self.queries) else NOTHING
        return found

    def _remember(self, topic: str) -> int:
        if len(self._covered) >= _REMEMBERED:
            self._covered.clear()
        by_prefix = _by_prefix(self.prefixes, topic) if self.brings(topic) else NOTHING
        found = self._covered[topic] = max(self.topics.get(topic, NOTHING), by_prefix)
        return found

    def brings(self, topic: str) -> bool:
        """Whether the topic is one that a prefix may bring."""
        return self.private or not is_private(topic)

    def offer(self, seq: int, text: str) -> None:
        """Give the waiting viewers what batch ``seq`` has for them."""
        woken = [viewer for viewer in self.waiting if not viewer.offer(seq, text)]
        self.waiting.difference_update(woken)


def _strongest(pairs: Iterable[tuple[str, bool]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, window in pairs:
        found[name] = max(found.get(name, NOTHING), FULL if window else PLAIN)
    return found


def _by_prefix(prefixes: dict[str, int], topic: str) -> int:
    if not prefixes:
        return NOTHING
    return max((prefixes.get(name, NOTHING) for name in above(topic)), default=NOTHING)


def above(topic: str) -> list[str]:
    """The prefixes that a topic is under: itself, its ancestors, and the empty one."""
    parts = topic.split("/")
    return ["", *("/".join(parts[:count]) for count in range(1, len(parts) + 1))]
