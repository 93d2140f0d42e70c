"""One endpoint of a service: what waits to be counted, what was counted, and the operations that tell it."""

from __future__ import annotations

import time

from quarterdeck.core.plain import plain
from quarterdeck.core.topics import join
from quarterdeck.sdk.services.callers import Callers
from quarterdeck.sdk.services.levels import LAST
from quarterdeck.sdk.services.measured import Measured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.services.measured import Told

FIELDS = 5
"""What a request leaves: when it was answered (``perf_counter_ns``), microseconds taken, status, from where, and who
asked."""


class Endpoint:
    """One route and method of a service, and what was measured of it; ``facts`` are its scalars but the name.

    ``level`` is how closely it is looked at, ``said`` the one that the hub was told; ``told`` are the topics of which
    the hub has the facts.  ``waiting`` is extended by what requests leave, from any thread: a list of all fields in
    turn, of which columns are slices, and no object a request that would stay in memory until then.  It takes nothing
    if the endpoint is ``excluded``.
    """

    __slots__ = ("callers", "facts", "level", "measured", "name", "said", "told", "topic", "waiting")

    def __init__(self, service: str, name: str, facts: dict[str, Any], level: int, *, excluded: bool = False) -> None:
        self.name = name
        self.topic = join("service", service, "endpoint", name)
        self.facts = {"service": service, "name": name, **facts}
        self.level = level
        self.waiting: list[Any] = _Nothing() if excluded else []
        self.forget()

    def forget(self) -> None:
        """In a forked child: what was measured before is the parent's to tell."""
        self.waiting.clear()
        self.measured = Measured()
        self.callers = Callers()
        self.tell_again()

    def tell_again(self) -> None:
        """The hub may not have what it was told of this endpoint, or not any more."""
        self.said: int | None = None
        self.told: set[str] = set()

    def settle(self) -> None:
        """Count what waits; one thread at a time."""
        noted, zero = self.waiting[:], _zero()
        del self.waiting[: len(noted)]  # what has come meanwhile stays
        if not noted:
            return
        ats, takens, statuses, ips, users = (noted[place::FIELDS] for place in range(FIELDS))
        if self.level > LAST:
            self.measured.add_many(ats, takens, statuses, zero)
            self.callers.add_many(ips, users, takens, self.measured.last)
        else:
            self.measured.see((max(ats) + zero) // 1000)

    def events(self, told: Told, version: str) -> Iterator[tuple[str, Event]]:
        """What tells this of it, and of this version of its service."""
        event = told.event()
        yield from self._born(self.topic, self.facts)
        yield self.topic, event
        if told.status:
            topic = f"{self.topic}/{join('version', version)}"
            yield from self._born(topic, {"service": self.facts["service"], "endpoint": self.name, "version": version})
            yield topic, event

    def _born(self, topic: str, facts: dict[str, Any]) -> Iterator[tuple[str, Event]]:
        if topic not in self.told:
            self.told.add(topic)
            yield topic, sets(**facts)


class _Nothing(list[object]):
    """Stays empty."""

    def extend(self, _: object) -> None:
        pass


def _zero() -> int:
    """The time (UTC nanoseconds) at which ``perf_counter_ns`` was 0, as of now."""
    return time.time_ns() - time.perf_counter_ns()


def sets(**fields: Any) -> Event:
    """The operations that set these scalars."""
    return [["set", field, plain(value)] for field, value in fields.items()]
