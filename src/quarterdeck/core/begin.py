"""What an event makes of a topic that begins: checked and folded in one look, where all of it is usual.

It is ``admit`` and ``apply`` on an empty state, for events that only set small scalars and push a few lines: most
topics begin so, and many, such as short runs, with all that they will ever hold.
"""

from __future__ import annotations

from quarterdeck.core.admit import SHORT
from quarterdeck.core.ops import LIST, MAX_CAP, MAX_FIELD, TWO_53
from quarterdeck.core.state import SCALAR_TYPE, TopicState, list_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.core.ops import Event, FieldType, Op

FEW = 16
"""Items of a list or an object that counts as small."""
_LONGEST_ESCAPE = 6
_LONGEST_NUMBER = 25
_LONGEST = MAX_FIELD + SHORT * _LONGEST_ESCAPE
"""About the bytes that a field with a short text takes at most."""
_TEXT = frozenset((str,))


def begin(state: TopicState, ops: Event) -> int:
    """Make of an empty state what the event makes of it; returns how many bytes it takes at most.

    0 if the event is not as usual, refused perhaps: then the state is left as it is.
    """
    values: dict[str, Any] = {}
    types: dict[str, FieldType] = {}
    size = 0
    for op in ops:
        if type(op) is not list or len(op) != 3:
            bound = _begin_list(op, values, types)
            if not bound:
                return 0
            size += bound
            continue
        verb, field, value = op
        if verb != "set" or type(field) is not str or types.setdefault(field, SCALAR_TYPE) is not SCALAR_TYPE:
            return 0
        kind = type(value)
        if not (
            (kind is str and len(value) <= SHORT and value.isascii())
            or (kind is int and -TWO_53 <= value <= TWO_53)
            or value is None
            or kind is bool
            or (kind is float and value - value == 0.0)
        ):
            bound = _bound(value)
            if not bound:
                return 0
            size += bound
        values[field] = value
    if not types or max(map(len, types)) > MAX_FIELD:
        return 0
    state.values, state.types = values, types
    return size + len(types) * _LONGEST


def _begin_list(op: Op, values: dict[str, Any], types: dict[str, FieldType]) -> int:
    """Push items that are few; 0 if the operation does anything else."""
    if type(op) is not list or len(op) != 4 or op[0] != "push" or type(op[1]) is not str or type(op[2]) is not list:
        return 0
    _, field, items, cap = op
    if type(cap) is not int or not 0 <= cap <= MAX_CAP:
        return 0
    known = types.get(field)
    if known is None:
        types[field], values[field] = list_type(cap), []
    elif known[0] != LIST or known[1] != cap:
        return 0
    size, have = 2, values[field]
    for item in items:
        bound = _bound(item)
        if not bound:
            return 0
        size += bound
        have.append(item)
    return size if len(have) <= min(cap, FEW) else 0


def _bound(value: Any) -> int:
    """A number of bytes that its JSON does not exceed; 0 for all but simple values, and a few of them together."""
    kind = type(value)
    if kind is not list and kind is not dict:
        return _bound_simple(value)
    if len(value) > FEW or (kind is dict and not _TEXT.issuperset(map(type, value))):
        return 0
    size = 2
    for item in value if kind is list else (*value, *value.values()):
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
        return _LONGEST_NUMBER if -TWO_53 <= value <= TWO_53 else 0
    return _LONGEST_NUMBER if value is None or kind is bool or (kind is float and value - value == 0.0) else 0
