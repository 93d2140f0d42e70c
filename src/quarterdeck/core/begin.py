"""What an event makes of a topic that begins: checked and folded in one look, where all of it is usual.

It is ``admit`` and ``apply`` on an empty state, for events that only set small scalars and push a few lines: most
topics begin so, and many, such as short runs, with all that they will ever hold.
"""

from __future__ import annotations

from quarterdeck.core.admit import SHORT
from quarterdeck.core.ops import MAX_CAP, MAX_FIELD, TWO_53, sets
from quarterdeck.core.state import SCALAR_TYPE, list_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from quarterdeck.core.ops import Event, FieldType, Op
    from quarterdeck.core.state import TopicState

FEW = 16
"""Items of a list or an object that counts as small."""
_LONGEST_ESCAPE = 6
_LONGEST_NUMBER = 25
_LONGEST = MAX_FIELD + SHORT * _LONGEST_ESCAPE
"""About the bytes that a field with a short text takes at most."""
_TEXT = frozenset((str,))
_LEAST = -TWO_53


class Begun:
    """What a topic begins as: its scalars, the caps and items of its lists; ``size``: the bytes that it takes at most.

    Nobody changes it: a state that goes on from it has what it needs of its own.  Whoever goes through it, goes through
    the operations that it stands for.
    """

    __slots__ = ("lists", "scalars", "size")

    def __init__(self, scalars: dict[str, Any], lists: dict[str, tuple[int, list[Any]]], size: int) -> None:
        self.scalars = scalars
        self.lists = lists
        self.size = size

    def __len__(self) -> int:
        return len(self.lists) + len(self.scalars)

    def __iter__(self) -> Iterator[Op]:
        return iter(self.unfold())

    def fold(self, state: TopicState) -> None:
        """Make an empty state into this."""
        values, types = self.scalars.copy(), dict.fromkeys(self.scalars, SCALAR_TYPE)
        for field, (cap, items) in self.lists.items():
            values[field], types[field] = items.copy(), list_type(cap)
        state.values, state.types = values, types

    def typed(self) -> dict[str, FieldType]:
        """The types of the fields that are not scalars."""
        return {field: list_type(cap) for field, (cap, _) in self.lists.items()}

    def unfold(self) -> Event:
        """The operations that make a topic which begins into this."""
        pushes: Event = [["push", field, [*items], cap] for field, (cap, items) in self.lists.items()]
        return pushes + sets(**self.scalars)


if TYPE_CHECKING:
    Said = Event | Begun
    """An event, or what it is as the first of its topic: both are operations to whoever goes through them."""


def begin(ops: Event) -> Begun | None:
    """What the event makes of a topic that begins; None if the event is not as usual, refused perhaps."""
    scalars: dict[str, Any] = {}
    lists: dict[str, tuple[int, list[Any]]] = {}
    try:
        for op in ops:
            if len(op) == 3 and op[0] == "set" and type(op) is list:
                scalars[op[1]] = op[2]
            elif not _push(op, lists):
                return None
    except (LookupError, TypeError):
        return None  # it is not even made of operations
    fields = (*scalars, *lists)
    if not fields or not _TEXT.issuperset(map(type, fields)) or max(map(len, fields)) > MAX_FIELD:
        return None
    if lists and not lists.keys().isdisjoint(scalars):
        return None
    size = _bound_all(scalars.values())
    for _, items in lists.values():
        bound = _bound_all(items) if size else 0
        size = bound and size + bound
    return Begun(scalars, lists, size + len(fields) * _LONGEST) if size else None


def _push(op: Op, lists: dict[str, tuple[int, list[Any]]]) -> bool:
    """Push items that are few; False if the operation does anything else."""
    if len(op) != 4 or op[0] != "push" or type(op) is not list:
        return False
    _, field, items, cap = op
    if type(items) is not list or type(cap) is not int or not 0 <= cap <= MAX_CAP:
        return False
    known = lists.get(field)
    if known is None:
        known = lists[field] = (cap, [])
    known[1].extend(items)
    return known[0] == cap and len(known[1]) <= min(cap, FEW)


def _bound_all(values: Iterable[Any]) -> int:
    """A number of bytes that these values do not exceed; 0 if they are not simple, or a few of such together."""
    size = 2
    for value in values:
        kind = type(value)
        if kind is str:
            if len(value) > SHORT or not value.isascii():
                return 0
        elif kind is int:
            if not _LEAST <= value <= TWO_53:
                return 0
        elif kind is list or kind is dict:
            bound = _bound(value)
            if not bound:
                return 0
            size += bound
        elif value is not None and kind is not bool and not (kind is float and value - value == 0.0):
            return 0
    return size


def _bound(value: Any) -> int:
    """The same for a list or an object of a few simple values."""
    if len(value) > FEW or (type(value) is dict and not _TEXT.issuperset(map(type, value))):
        return 0
    size = 2
    for item in value if type(value) is list else (*value, *value.values()):
        bound = _bound_simple(item)
        if not bound:
            return 0
        size += bound
    return size


def _bound_simple(value: Any) -> int:
    kind = type(value)
    if kind is str:
        return _LONGEST_ESCAPE * len(value) + 4 if len(value) <= SHORT and value.isascii() else 0
    if kind is int:
        return _LONGEST_NUMBER if _LEAST <= value <= TWO_53 else 0
    return _LONGEST_NUMBER if value is None or kind is bool or (kind is float and value - value == 0.0) else 0
