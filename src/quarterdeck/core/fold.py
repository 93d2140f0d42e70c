"""The fold: what an event makes of a topic's state.  Its twin in the browser is ``ui/src/core/fold.ts``."""

from __future__ import annotations

from quarterdeck.core.check import check, check_types
from quarterdeck.core.ops import BLOB, COUNTERS, DEFAULT_CAP, DEFAULT_QUANTUM, LIST, MAP, SCALAR, SERIES
from quarterdeck.core.state import BLOB_TYPE, SCALAR_TYPE, TopicState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.ops import Event, FieldType, Op

__all__ = ["TopicState", "apply", "check", "check_types", "fold", "unfold"]


def fold(state: TopicState, ops: Event) -> None:
    """Check the whole event, then change ``state`` in place; raises Refused, and then nothing has changed."""
    check(state, ops)
    apply(state, ops)


def apply(state: TopicState, ops: Event) -> None:
    """Change ``state`` in place by an event that was accepted before (by ``check``, or by the hub that sent it).

    Lists and dicts of the operations are copied where the state would grow them, so an event may be applied to many
    states.
    """
    values, types = state.values, state.types
    for op in ops:
        if op[0] == "set":  # of a scalar, by far the most: no call for them
            known = types.get(op[1])
            if known is SCALAR_TYPE:
                values[op[1]] = op[2]
                continue
            if known is None and len(op) == 3:
                types[op[1]] = SCALAR_TYPE
                values[op[1]] = op[2]
                continue
        _RULES[op[0]](values, types, op)


def unfold(state: TopicState) -> Event:
    """The operations that make a topic which begins into this one; of series the type only, cells are not in states.

    A field whose value was dropped is left out.
    """
    ops: Event = []
    for field, known in state.types.items():
        if known[0] == SERIES:
            ops.append(["record", field, {}, known[1]])
        elif field in state.values:
            ops.append(_MAKES[known[0]](field, state.values[field], known))
    return ops


_MAKES: dict[str, Callable[[str, Any, FieldType], Op]] = {
    SCALAR: lambda field, value, _: ["set", field, value],
    BLOB: lambda field, value, _: ["set", field, value, "blob"],
    LIST: lambda field, value, known: ["push", field, list(value), known[1]],
    MAP: lambda field, value, _: ["put", field, dict(value)],
    COUNTERS: lambda field, value, _: ["add", field, dict(value)],
}


def _set(values: dict[str, Any], types: dict[str, FieldType], op: Op) -> None:
    field = op[1]
    known = types.get(field)
    if known is None:
        types[field] = SCALAR_TYPE if len(op) == 3 else BLOB_TYPE
        values[field] = op[2]
    elif known[0] == SCALAR or known[0] == BLOB:
        values[field] = op[2]
    elif known[0] == LIST:
        values[field] = op[2][max(0, len(op[2]) - known[1]) :]
    elif known[0] != SERIES:
        values[field] = dict(op[2])


def _put(values: dict[str, Any], types: dict[str, FieldType], op: Op) -> None:
    field = op[1]
    have = values.get(field)
    if have is None:
        types[field] = [MAP]
        values[field] = dict(op[2])
    else:
        have.update(op[2])


def _add(values: dict[str, Any], types: dict[str, FieldType], op: Op) -> None:
    field = op[1]
    have = values.get(field)
    if have is None:
        types[field] = [COUNTERS]
        values[field] = dict(op[2])
    else:
        for key, amount in op[2].items():
            have[key] = have.get(key, 0) + amount


def _push(values: dict[str, Any], types: dict[str, FieldType], op: Op) -> None:
    field = op[1]
    cap = op[3] if len(op) == 4 else DEFAULT_CAP
    known = types.get(field)
    if known is None or known[1] != cap:
        types[field] = [LIST, cap]
    have = values.get(field)
    if have is None:
        have = values[field] = list(op[2])
    else:
        have += op[2]
    if len(have) > cap:
        del have[: len(have) - cap]


def _record(_values: dict[str, Any], types: dict[str, FieldType], op: Op) -> None:
    if op[1] not in types:
        types[op[1]] = [SERIES, op[3] if len(op) == 4 else DEFAULT_QUANTUM]


def _drop(values: dict[str, Any], types: dict[str, FieldType], op: Op) -> None:
    if len(op) == 1:
        values.clear()
        types.clear()
    elif len(op) == 2:
        values.pop(op[1], None)
    else:
        _put(values, types, ["put", op[1], {}])
        values[op[1]].pop(op[2], None)


_RULES = {"set": _set, "put": _put, "add": _add, "push": _push, "record": _record, "drop": _drop}
