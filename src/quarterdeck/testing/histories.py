"""Histories that know no mercy: random events for the law that merged operations equal the operations one by one.

Everything comes from one seed, so a failure is repeated by its printed seed.  Fields and keys are words with a
meaning in some language, numbers sit at their limits, caps change and are zero, types are mixed up, and some
operations are no operations at all.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.ops import MAX_CAP, TWO_53, Refused
from quarterdeck.core.series import add_cells, cell_of, minute_of
from quarterdeck.core.state import copied

if TYPE_CHECKING:
    from quarterdeck.core.ops import Cell, Event, Op

FIELDS = ("a", "b", "__proto__", "constructor", "10", "", "toString", "ä\u2028\U0001f6a2")
KEYS = ("x", "__proto__", "constructor", "10", "", "-0", "1e3", "hasOwnProperty", "\u0000", "ß\U0001f600", "length")
NUMBERS = (0, 1, -1, 0.1, -0.0, 1.0, 1e308, 5e-324, -2.5, TWO_53, -TWO_53, TWO_53 - 1, 1e21, 0.30000000000000004)
TEXTS = ("", "plain", "ü\u0000\u2028", "\U0001f6a2" * 3, "__proto__", "null", "0", '"\\/')
AMOUNTS = (0, 1, -1, 7, -7, TWO_53 - 1, 1 - TWO_53, 1 << 52, -(1 << 52), (1 << 52) + 1)
CAPS = (0, 1, 1, 2, 3, 3, 3, 5, 8, 13, 10_000, MAX_CAP)
QUANTA = (0, 1, -1, 24, 25, 26, 1000, -123_456, TWO_53 - 1, TWO_53, -TWO_53, 10**30, -(10**30))
BLOBS = (
    None,
    {"sha256": "0a" * 32, "size": 3, "type": "image/png", "name": "a.png"},
    {"sha256": "f" * 64, "size": TWO_53 - 1, "type": "", "name": "\u2028"},
)
QUANTUMS = (0.001, 0.001, 1, 1e-6)
BROKEN: tuple[Any, ...] = (
    [], None, "drop", ["explode", "a"], ["set"], ["set", "a"], ["set", "a", 1, 2], ["set", 5, 1], ["set", "f" * 600, 1],
    [["set"], "a", 1], ["put", "a"], ["put", "a", [1]], ["put", "a", None], ["add", "a", {"x": 1.5}],
    ["add", "a", {"x": True}], ["add", "a", {"x": "1"}], ["add", "a", {"x": TWO_53}], ["add", "a", 5], 
    ["push", "a", {}], ["push", "a", [1], -1],
    ["push", "a", [1], 1.5], ["push", "a", [1], MAX_CAP + 1], ["push", "a", [1], True], ["record", "a", []],
    ["record", "a", {"1": [1, 2]}], ["record", "a", {"01": [1, 1, 1, 1, [0, 1], {"1": 1}]}], ["record", "a", {}, 0],
    ["record", "a", {"1": [2, 1, 1, 1, [0, 1], {"1": 1}]}],
    ["set", "a", {"sha256": "0a" * 32}, "blob"], ["set", "a", 1, "blob"], ["set", "a", None, "map"],
    ["drop", "a", 5], ["drop", None], ["drop", "a", "x", "y"],
)  # fmt: skip


class Histories:
    """Endless events from a seed; ``fields`` are the names they use (fewer meet more often)."""

    def __init__(self, seed: int, fields: tuple[str, ...] = FIELDS) -> None:
        self.rnd = Random(seed)
        self.fields = fields
        self._verbs = {
            "scalar": self._set, "map": self._put, "counters": self._add, "list": self._push, "series": self._record,
            "blob": self._blob,
        }  # fmt: skip

    def accepted(self, state: TopicState, count: int) -> list[Event]:
        """At most ``count`` events that ``state`` accepted, as they were sent; ``state`` has folded them."""
        return [event for event, accepted in self.told(state, count) if accepted]

    def told(self, state: TopicState, count: int) -> list[tuple[Event, bool]]:
        """``count`` events as they were sent, each with whether it was accepted; ``state`` has folded those."""
        told = []
        for _ in range(count):
            event = self.event(state)
            sent = copied(event)
            try:
                fold(state, event)
            except Refused:
                told.append((sent, False))
            else:
                told.append((sent, True))
        return told

    def event(self, state: TopicState) -> Event:
        """One event for a topic in this state, which probably accepts it."""
        return [self.op(state) for _ in range(self.rnd.choice((0, 1, 1, 1, 1, 1, 2, 2, 3)))]

    def op(self, state: TopicState) -> Op:
        """One operation; in six of seven it fits the type of its field."""
        rnd, field = self.rnd, self.rnd.choice(self.fields)
        dice = rnd.random()
        if dice < 0.02:
            return ["drop"]
        if dice < 0.04:
            broken: Op = copied(rnd.choice(BROKEN))
            return broken
        known = state.types.get(field)
        kind = known[0] if known and dice < 0.86 else rnd.choice(tuple(self._verbs))
        if dice < 0.12:
            return ["drop", field]
        if dice < 0.2 and kind == "map":
            return ["drop", field, rnd.choice(KEYS)]
        if dice < 0.26:
            return ["set", field, self._whole(kind)]
        return self._verbs[kind](field, known)

    def value(self, depth: int = 3) -> Any:
        """Any plain value, at most ``depth`` levels deep."""
        rnd, dice = self.rnd, self.rnd.random()
        if dice < 0.35:
            return rnd.choice(NUMBERS)
        if dice < 0.6:
            return rnd.choice(TEXTS)
        if dice < 0.7 or depth == 0:
            return rnd.choice((None, True, False))
        if dice < 0.85:
            return [self.value(depth - 1) for _ in range(rnd.randrange(4))]
        return {rnd.choice(KEYS): self.value(depth - 1) for _ in range(rnd.randrange(4))}

    def cells(self) -> dict[str, Cell]:
        """Some cells of a few minutes that meet often."""
        rnd = self.rnd
        cells: dict[str, Cell] = {}
        for _ in range(rnd.randrange(5)):
            at = rnd.choice((0, -1, 59_999_999, 60_000_000, 1_790_000_000_000_000)) + rnd.randrange(3)
            quanta = rnd.choice(QUANTA) if rnd.random() < 0.5 else rnd.randrange(-2000, 2000)
            add_cells(cells, {minute_of(at): cell_of(quanta, at)})
        return cells

    def _whole(self, kind: str) -> Any:
        if kind == "list":
            return self._items(9)
        if kind == "map":
            return self._entries()
        if kind == "counters":
            return self._amounts()
        if kind == "blob":
            return copied(self.rnd.choice(BLOBS))
        return self.cells() if kind == "series" else self.value()

    def _set(self, field: str, _known: Any) -> Op:
        return ["set", field, self.value()]

    def _blob(self, field: str, known: Any) -> Op:
        op = ["set", field, self._whole("blob"), "blob"]
        return op[:3] if known and self.rnd.random() < 0.5 else op

    def _put(self, field: str, _known: Any) -> Op:
        return ["put", field, self._entries()]

    def _add(self, field: str, _known: Any) -> Op:
        return ["add", field, self._amounts()]

    def _push(self, field: str, known: Any) -> Op:
        rnd = self.rnd
        if known and known[0] == "list" and rnd.random() < 0.6:
            return ["push", field, self._items(4), known[1]]
        push = ["push", field, self._items(7), rnd.choice(CAPS)]
        return push[:3] if rnd.random() < 0.05 else push

    def _record(self, field: str, known: Any) -> Op:
        rnd = self.rnd
        same = known and known[0] == "series" and rnd.random() < 0.9
        quantum = known[1] if same else rnd.choice(QUANTUMS)
        record = ["record", field, self.cells(), quantum]
        return record[:3] if quantum == 0.001 and rnd.random() < 0.3 else record

    def _items(self, most: int) -> list[Any]:
        return [self.value(1) for _ in range(self.rnd.randrange(most))]

    def _entries(self) -> dict[str, Any]:
        return {self.rnd.choice(KEYS): self.value(2) for _ in range(self.rnd.randrange(4))}

    def _amounts(self) -> dict[str, int]:
        return {self.rnd.choice(KEYS): self.rnd.choice(AMOUNTS) for _ in range(self.rnd.randrange(4))}
