"""Where users' threads leave events: one append, no lock, so that it is cheap and safe even inside a destructor.

The events are merged into the outbox afterwards, by the sender's thread, or by the user's own once many have come.
"""

from __future__ import annotations

from collections import deque

from quarterdeck.core.ops import TWO_53, Refused
from quarterdeck.core.plain import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.outbox import Outbox

    Refusing = Callable[[str, Refused], None]


def plain_rows(items: list[Any]) -> list[Any]:
    """The items made plain; five times as fast as ``plain`` for rows of numbers and texts, which most of them are."""
    rows = []
    for item in items:
        if type(item) is not tuple and type(item) is not list:
            rows.append(plain(item))
            continue
        row = list(item)
        for value in row:
            kind = type(value)
            if kind is float:
                # Only of a finite number is this zero.
                if value - value != 0.0:
                    break
            elif kind is int:
                if not -TWO_53 <= value <= TWO_53:
                    break
            elif not (value is None or kind is bool or (kind is str and value.isascii())):
                break
        else:
            rows.append(row)
            continue
        rows.append(plain(row))
    return rows


class Pushed:
    """A list field that items are pushed onto one by one: its topic, name and cap; ``plain`` says that they are so."""

    __slots__ = ("cap", "field", "items", "plain", "topic")

    def __init__(self, topic: str, field: str, cap: int, *, plain: bool = False) -> None:
        self.topic = topic
        self.field = field
        self.cap = cap
        self.plain = plain
        self.items: list[Any] = []

    def settle(self, outbox: Outbox, refusing: Refusing) -> None:
        """Give the outbox what has come together, as one operation."""
        items, self.items = self.items, []
        try:
            outbox.emit(self.topic, [["push", self.field, items if self.plain else plain_rows(items), self.cap]])
        except Refused as refused:
            refusing(self.topic, refused)


class Together:
    """Events that belong in one batch."""

    __slots__ = ("events",)

    def __init__(self, events: list[tuple[str, Event, str | None, int | None]]) -> None:
        self.events = events

    def settle(self, outbox: Outbox, refusing: Refusing) -> None:
        """Give the outbox all of them."""
        try:
            outbox.emit_all(self.events)
        except Refused as refused:
            refusing(self.events[0][0], refused)


class Intake:
    """A queue of what users' threads emitted; ``settle`` is called by one thread at a time."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Any, ...]] = deque()

    def settle(self, outbox: Outbox, refusing: Refusing) -> None:
        """Merge all that waits into ``outbox``; ``refusing(topic, refusal)`` hears of each event that does not fit."""
        waiting = self.waiting
        runs: dict[Pushed, None] = {}
        while waiting:
            entry = waiting.popleft()
            first = entry[0]
            if type(first) is Pushed:
                # Pushes onto different lists may pass each other, so each list's items come together.
                first.items.append(entry[1])
                runs[first] = None
                continue
            if runs:
                _settle_runs(runs, outbox, refusing)
            if type(first) is Together:
                first.settle(outbox, refusing)
                continue
            try:
                outbox.emit(*entry)
            except Refused as refused:
                refusing(first, refused)
        _settle_runs(runs, outbox, refusing)

    def clear(self) -> None:
        """Forget everything: in a forked child, whose parent sends it."""
        self.waiting.clear()


def _settle_runs(runs: dict[Pushed, None], outbox: Outbox, refusing: Refusing) -> None:
    for pushed in runs:
        pushed.settle(outbox, refusing)
    runs.clear()
