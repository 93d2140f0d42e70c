"""The merge: operations that wait, kept in a normal form whose size follows the state and not the rate.

The law: folding what ``take`` gives makes the same state as folding every merged event on its own, for every state
that accepts them one by one, wherever the sequence is cut.  The normal form is, per topic, an optional bare drop, and
then for each field

    [an empty operation that keeps a type] [base: nothing, drop, or set] [an empty push that trims] [what came since]

so a field costs a handful of operations however many were merged.  The one thing that grows is a map of which the
beginning is not known here: each key that was ever dropped from it has to be told.
"""

from __future__ import annotations

from itertools import chain

from quarterdeck.core.blobs import KEYS
from quarterdeck.core.ops import BLOB, DEFAULT_CAP, DEFAULT_QUANTUM, MAX_CAP, TWO_53
from quarterdeck.core.series import add_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.core.ops import Cell, Event, Op

_NOTHING, _DROP, _SET = "", "drop", "set"
_SLACK = 64
_UNMEASURED = 65_536


class Pending:
    """The merged operations of one topic that nobody has taken yet: a producer's outbox, a hub's batch, a commit.

    The events must fit one another and the state (``check`` or ``check_types`` comes first).  They are never changed.
    Not ``sized``: nobody will ask for its size, so nothing is weighed.
    """

    __slots__ = ("_ended", "_fields", "_limit", "_only", "_size", "_sized")

    def __init__(self, *, sized: bool = True) -> None:
        self._only: Event | None = None  # an event alone is kept as it came
        self._fields: dict[str, _Field] = {}
        self._ended = False
        self._sized = sized
        self._size = 0
        self._limit = _UNMEASURED

    def __bool__(self) -> bool:
        return self._ended or bool(self._fields or self._only)

    def merge(self, ops: Event) -> None:
        """Take in one event (or what another Pending gave)."""
        if self._sized:
            self._size += weigh_event(ops)
        if self._only is None and not self._ended and not self._fields:
            self._only = ops
            return
        if self._only is not None:
            only, self._only = self._only, None
            self._merge(only)
        self._merge(ops)

    def _merge(self, ops: Event) -> None:
        fields = self._fields
        for op in ops:
            if len(op) == 1:
                fields.clear()
                self._ended = True
                continue
            field = fields.get(op[1])
            if field is None:
                field = fields[op[1]] = _Field(op[1])
            _MERGE[op[0]](field, op)

    def take(self) -> Event:
        """Everything merged since the last ``take`` in its normal form; this Pending is empty afterwards.

        An event that came alone is given as it came.
        """
        ops = self._ops()
        self._only = None
        self._fields = {}
        self._ended = False
        self._size = 0
        self._limit = _UNMEASURED
        return ops

    def peek(self) -> Event:
        """What ``take`` would give, left here; not to be changed, and later events change it."""
        return self._ops()

    @property
    def size(self) -> int:
        """Roughly the bytes that the normal form takes as JSON: at most twice as many and 64 kB, never much fewer."""
        if self._size > self._limit:
            self._size = weigh(self._ops())
            self._limit = 2 * self._size + _UNMEASURED
        return self._size

    def _ops(self) -> Event:
        if self._only is not None:
            return self._only
        ops: Event = [["drop"]] if self._ended else []
        for field in self._fields.values():
            ops += field.ops()
        return ops


class _Field:
    """What waits for one field.  With a base and a delta of cells, sums or entries, a set base is inside the delta."""

    __slots__ = ("base", "blob", "delta", "fix", "name", "value")

    def __init__(self, name: str) -> None:
        self.name = name
        self.blob = False  # whether an operation has said that it is one
        self.base = _NOTHING
        self.value: Any = None
        self.fix: Op | None = None
        self.delta: _Items | _Entries | _Sums | _Cells | None = None

    def replace(self, base: str, value: Any) -> None:
        """Forget everything but the type, and begin anew from a set value or from nothing."""
        if self.delta is not None:
            self.fix = self.delta.empty(self.name)
            self.delta = None
        elif base == _DROP and self.base == _SET and self.fix is None:
            self.fix = ["set", self.name, _emptied(self.value)]
        self.base = base
        self.value = value

    def ops(self) -> Event:
        if self.blob:
            value = self.value if self.base == _SET else None
            return [["set", self.name, value, BLOB], *([["drop", self.name]] if self.base == _DROP else [])]
        ops = [] if self.fix is None else [self.fix]
        if self.base == _DROP:
            ops.append(["drop", self.name])
        if self.delta is None:
            return [*ops, ["set", self.name, self.value]] if self.base == _SET else ops
        return ops + self.delta.ops(self.name, self.base, self.value)


class _Items:
    """Items pushed since the base, and how many of the base's own may stay (``keep``)."""

    __slots__ = ("cap", "items", "keep")

    def __init__(self, cap: int) -> None:
        self.items: list[Any] = []
        self.cap = cap
        self.keep = MAX_CAP

    def push(self, items: list[Any], cap: int) -> None:
        mine = self.items
        if cap != self.cap:
            self._trim()
            self.cap = cap
        mine += items
        room = cap - len(mine)
        if room < self.keep:
            self.keep = max(room, 0)
        # Trimmed now and then only: a full list would move all its items for every push.
        if room < -cap - _SLACK:
            self._trim()

    def _trim(self) -> None:
        if len(self.items) > self.cap:
            del self.items[: len(self.items) - self.cap]

    def empty(self, name: str) -> Op:
        return ["push", name, [], self.cap]

    def ops(self, name: str, base: str, value: Any) -> Event:
        self._trim()
        push = ["push", name, self.items, self.cap]
        if base == _SET:
            return [["set", name, value[max(0, len(value) - self.keep) :]], push]
        if base == _NOTHING and self.keep < self.cap - len(self.items):
            return [["push", name, [], self.keep], push]
        return [push]


class _Entries:
    """Entries of a map that were put, and the keys that were dropped where the beginning is not known."""

    __slots__ = ("dropped", "entries", "whole")

    def __init__(self, base: str, value: Any) -> None:
        self.whole = base != _NOTHING
        self.entries: dict[str, Any] = dict(value) if base == _SET else {}
        self.dropped: dict[str, None] = {}

    def put(self, entries: dict[str, Any]) -> None:
        self.entries.update(entries)
        if self.dropped:
            for key in entries:
                self.dropped.pop(key, None)

    def drop(self, key: str) -> None:
        self.entries.pop(key, None)
        if not self.whole:
            self.dropped[key] = None

    def empty(self, name: str) -> Op:
        return ["put", name, {}]

    def ops(self, name: str, base: str, _value: Any) -> Event:
        if base == _SET:
            return [["set", name, self.entries]]
        put: Event = [["put", name, self.entries]] if self.entries or not self.dropped else []
        return put + [["drop", name, key] for key in self.dropped]


class _Sums:
    """Amounts added to counters since the base."""

    __slots__ = ("sums",)

    def __init__(self, base: str, value: Any) -> None:
        self.sums: dict[str, int] = dict(value) if base == _SET else {}

    def add(self, amounts: dict[str, int]) -> None:
        sums = self.sums
        for key, amount in amounts.items():
            sums[key] = sums.get(key, 0) + amount

    def empty(self, name: str) -> Op:
        return ["add", name, {}]

    def ops(self, name: str, base: str, _value: Any) -> Event:
        if base == _SET:
            return [["set", name, self.sums]]
        # From one limit to the other is twice as far as one amount may go; half way is always within both.
        far = {key: total - total // 2 for key, total in self.sums.items() if not -TWO_53 < total < TWO_53}
        if not far:
            return [["add", name, self.sums]]
        near = {key: total - far.get(key, 0) for key, total in self.sums.items()}
        return [["add", name, near], ["add", name, far]]


class _Cells:
    """Cells recorded since the base."""

    __slots__ = ("cells", "quantum")

    def __init__(self, base: str, value: Any, quantum: float) -> None:
        self.quantum = quantum
        self.cells: dict[str, Cell] = {}
        if base == _SET:
            add_cells(self.cells, value)

    def empty(self, name: str) -> Op:
        return ["record", name, {}, self.quantum]

    def ops(self, name: str, base: str, _value: Any) -> Event:
        return [["set", name, self.cells] if base == _SET else ["record", name, self.cells, self.quantum]]


def _set(field: _Field, op: Op) -> None:
    field.replace(_SET, op[2])
    field.blob = field.blob or len(op) == 4


def _put(field: _Field, op: Op) -> None:
    delta = field.delta
    if delta is None:
        delta = field.delta = _Entries(field.base, field.value)
    assert isinstance(delta, _Entries)
    delta.put(op[2])


def _add(field: _Field, op: Op) -> None:
    delta = field.delta
    if delta is None:
        delta = field.delta = _Sums(field.base, field.value)
    assert isinstance(delta, _Sums)
    delta.add(op[2])


def _push(field: _Field, op: Op) -> None:
    cap = op[3] if len(op) == 4 else DEFAULT_CAP
    delta = field.delta
    if delta is None:
        delta = field.delta = _Items(cap)
    assert isinstance(delta, _Items)
    delta.push(op[2], cap)


def _record(field: _Field, op: Op) -> None:
    delta = field.delta
    if delta is None:
        delta = field.delta = _Cells(field.base, field.value, op[3] if len(op) == 4 else DEFAULT_QUANTUM)
    assert isinstance(delta, _Cells)
    add_cells(delta.cells, op[2])


def _drop(field: _Field, op: Op) -> None:
    if len(op) == 2:
        field.replace(_DROP, None)
        return
    delta = field.delta
    if delta is None:
        delta = field.delta = _Entries(field.base, field.value)
    assert isinstance(delta, _Entries)
    delta.drop(op[2])


_MERGE = {"set": _set, "put": _put, "add": _add, "push": _push, "record": _record, "drop": _drop}


def _emptied(value: Any) -> Any:
    """A value of the same shape that says nothing: what could be set there can be set to this."""
    if isinstance(value, dict) and value.keys() == KEYS:
        return value  # a blob perhaps, which cannot be set to less
    if isinstance(value, list | dict):
        return type(value)()
    return None


def weigh_event(ops: Event) -> int:
    """Roughly the bytes that an event takes as JSON; most of its operations set short texts and numbers."""
    total = 2
    for op in ops:
        if len(op) == _SETS:
            value = op[2]
            kind = type(value)
            if kind is str:
                total += _AROUND + len(op[1]) + len(value)
                continue
            if kind is int or kind is float:
                total += _AROUND + len(op[1]) + 8
                continue
        total += weigh(op)
    return total


_SETS = 3
"""Items of an operation that sets a scalar."""
_AROUND = 14
"""Bytes of one besides the names and the text."""
_FLAT = {int, float, bool, str, type(None)}
_MANY = 16
"""Items from which on a look at their types saves more than it costs."""


def weigh(value: Any) -> int:
    """Roughly the bytes that a plain value takes as JSON."""
    kind = type(value)
    if kind is str:
        return len(value) + 2
    if kind is not list and kind is not dict:
        return 10
    total = 0
    # One loop for all that is nested: this is the hot path of a push, and of a bar's event.
    inside: list[Any] = [value]
    for container in inside:
        # As if all in it were numbers, which most are.
        total += 2 + 11 * len(container)
        if type(container) is dict:
            total += 3 * len(container) + sum(map(len, container))
            container = container.values()  # noqa: PLW2901 - either is gone through
        elif len(container) > _MANY and (rows := _weigh_rows(container)):
            total += rows
            continue
        for item in container:
            kind = type(item)
            if kind is float or kind is int:
                continue
            if kind is str:
                total += len(item) - 8
            elif kind is list or kind is dict:
                total -= 10
                inside.append(item)
    return total


def _weigh_rows(items: list[Any]) -> int:
    """What lists of nothing but numbers and texts add: charts and tables push them by the hundred.  0 for all else."""
    if set(map(type, items)) != {list}:
        return 0
    kinds = set(map(type, chain.from_iterable(items)))
    if not kinds <= _FLAT:
        return 0
    weight = 11 * sum(map(len, items)) - 8 * len(items)
    if str in kinds:
        texts = [cell for cell in chain.from_iterable(items) if type(cell) is str]
        weight += sum(map(len, texts)) - 8 * len(texts)
    return weight
