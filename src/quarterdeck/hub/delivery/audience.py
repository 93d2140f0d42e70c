"""Who watches what: equal interests are one, and a topic that nobody watches costs no serialising."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from quarterdeck.hub.delivery.interest import Interest, above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quarterdeck.hub.delivery.interest import Members, Watch

_T = TypeVar("_T")


class Audience:
    """The interests of all viewers. ``version`` changes whenever the answer of ``watches`` may."""

    def __init__(self) -> None:
        self.version = 0
        self._interests: dict[frozenset[Watch], Interest] = {}
        self._topics: Counter[str] = Counter()
        self._prefixes: Counter[str] = Counter()
        self._queries: Counter[Members] = Counter()

    def __iter__(self) -> Iterator[Interest]:
        return iter(self._interests.values())

    def join(self, watches: frozenset[Watch]) -> Interest:
        """The interest that these watches are, with one viewer more."""
        interest = self._interests.get(watches)
        if interest is None:
            interest = self._interests[watches] = Interest(watches)
            self._count(interest, 1)
        interest.viewers += 1
        return interest

    def leave(self, interest: Interest) -> None:
        """One viewer less; with the last one the interest goes."""
        interest.viewers -= 1
        if not interest.viewers:
            del self._interests[interest.watches]
            self._count(interest, -1)

    def _count(self, interest: Interest, by: int) -> None:
        for counter, names in ((self._topics, interest.topics), (self._prefixes, interest.prefixes)):
            _add(counter, names, by)
        _add(self._queries, interest.queries, by)
        self.version += 1

    def watches(self, topic: str) -> bool:
        """Whether anybody watches the topic."""
        if topic in self._topics:
            return True
        if self._queries and any(topic in query.members for query in self._queries):
            return True
        return bool(self._prefixes) and any(prefix in self._prefixes for prefix in above(topic))


def _add(counter: Counter[_T], names: Iterable[_T], by: int) -> None:
    for name in names:
        counter[name] += by
        if not counter[name]:
            del counter[name]
