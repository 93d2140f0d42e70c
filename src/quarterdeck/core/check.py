"""Whether an event fits: its form, the types of its fields, the limits of its numbers.

Nothing here changes a state.
"""

from __future__ import annotations

from quarterdeck.core.blobs import check_blob
from quarterdeck.core.ops import (
    BLOB,
    COUNTERS,
    DEFAULT_CAP,
    DEFAULT_QUANTUM,
    LIST,
    MAP,
    MAX_CAP,
    MAX_FIELD,
    SCALAR,
    SERIES,
    TWO_53,
    Refused,
    show,
)
from quarterdeck.core.series import check_cells
from quarterdeck.core.state import BLOB_TYPE, SCALAR_TYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

    from quarterdeck.core.ops import Event, FieldType, Op
    from quarterdeck.core.state import TopicState

_MAP_TYPE: FieldType = [MAP]
_COUNTERS_TYPE: FieldType = [COUNTERS]
_FORMS = {
    "set": '["set", field, value] or ["set", field, blob, "blob"]',
    "put": '["put", field, {key: value}]',
    "add": '["add", field, {key: integer}]',
    "push": '["push", field, [items], cap]',
    "record": '["record", field, {minute: cell}, quantum]',
    "drop": '["drop"], ["drop", field] or ["drop", field, key]',
}


def check(state: TopicState, ops: Event) -> None:
    """Raise Refused unless the whole event can be applied to ``state``, which stays as it is.

    A cap or quantum that is missing is written into the operation (10,000 and 0.001).
    """
    if type(ops) is not list:
        raise Refused(
            "malformed", f"an event is an array of operations, not {show(ops)}", 'send "ops": [[verb, ...], ...]'
        )
    if len(ops) == 1:
        op = ops[0]
        check_op(state.types, op)
        if op[0] == "add":
            _check_sums(op, state.values.get(op[1]) or {}, {})
    else:
        _check_several(state, ops)


def check_types(types: dict[str, FieldType], ops: Event) -> None:
    """Raise Refused if the event contradicts ``types`` (field -> type); else add to them what it fixes.

    For a producer, which knows types but no values: it refuses what a hub that knows no more would refuse, but for
    the results of counters.
    """
    if len(ops) == 1:
        op = ops[0]
        fixed = check_op(types, op)
        if fixed is not None:
            types[op[1]] = fixed
        elif len(op) == 1:
            types.clear()
        return
    learned = dict(types)
    for op in ops:
        # Most set scalars: these in one pass.
        if type(op) is list and len(op) == 3 and op[0] == "set" and type(op[1]) is str and len(op[1]) <= MAX_FIELD:
            known = learned.setdefault(op[1], SCALAR_TYPE)
            if known is SCALAR_TYPE or known[0] == SCALAR:
                continue
        fixed = check_op(learned, op)
        if fixed is not None:
            learned[op[1]] = fixed
        elif len(op) == 1:
            learned = {}
    types.clear()
    types.update(learned)


def check_op(types: Mapping[str, FieldType], op: Op) -> FieldType | None:
    """The type that one operation gives to a field that has none; None if the type is known.  Raises Refused."""
    rule = _RULES.get(op[0]) if type(op) is list and op and type(op[0]) is str else None
    if rule is None:
        raise Refused("malformed", f"{show(op)} is not an operation", f"the verbs are {', '.join(_FORMS)}")
    if len(op) == 1:
        return None if op[0] == "drop" else _malformed(op)
    field = op[1]
    if type(field) is not str or len(field) > MAX_FIELD:
        raise Refused(
            "malformed",
            f"{show(field)} cannot name a field (in a {op[0]})",
            f"a field's name is a text of at most {MAX_FIELD} characters",
        )
    return rule(types.get(field), op)


def _check_several(state: TopicState, ops: Event) -> None:
    """Check each operation against what those before it make of types and counters."""
    types, values = state.types, state.values
    own = False
    sums: dict[str, tuple[Mapping[str, int], dict[str, int]]] = {}
    for op in ops:
        fixed = check_op(types, op)
        if len(op) == 1:
            types, values, sums, own = {}, {}, {}, True
            continue
        field = op[1]
        if fixed is not None:
            if not own:
                types, own = dict(types), True
            types[field] = fixed
        if op[0] == "add":
            if field not in sums:
                sums[field] = (values.get(field) or {}, {})
            _check_sums(op, *sums[field])
        elif field in types and types[field][0] == COUNTERS:
            sums[field] = (op[2] if op[0] == "set" else {}, {})


def _check_sums(op: Op, before: Mapping[str, int], totals: dict[str, int]) -> None:
    """Whether every counter stays below 2**53; ``totals`` holds what this event has made of ``before`` so far."""
    for key, amount in op[2].items():
        total = totals[key] = totals.get(key, before.get(key, 0)) + amount
        if not -TWO_53 < total < TWO_53:
            raise Refused(
                "out-of-range",
                f"the counter {key!r} of {op[1]!r} would become {total}",
                "counters stay below 2**53; count in a larger unit, or set it anew",
            )


def _check_set(known: FieldType | None, op: Op) -> FieldType | None:
    if len(op) == 4 and op[3] == BLOB:
        check_blob(op[1], op[2])
        return BLOB_TYPE if _is_new(known, BLOB, op) else None
    if len(op) != 3:
        _malformed(op)
    if known is None:
        return SCALAR_TYPE
    kind = known[0]
    if kind != SCALAR:
        _check_whole(kind, op)
    return None


def _check_whole(kind: str, op: Op) -> None:
    """Whether a ``set`` has the shape of its typed field."""
    value = op[2]
    if kind == SERIES:
        check_cells(op[1], value)
    elif kind == BLOB:
        check_blob(op[1], value)
    elif type(value) is not (list if kind == LIST else dict):
        raise Refused(
            "type-mismatch",
            f"{op[1]!r} is a {kind} and cannot be set to {show(value)}",
            f"set it to {'an array' if kind == LIST else 'an object'}, or use another field",
        )
    elif kind == COUNTERS:
        _check_amounts(op)
    elif kind == MAP:
        _check_keys(op)


def _check_put(known: FieldType | None, op: Op) -> FieldType | None:
    if len(op) != 3 or type(op[2]) is not dict:
        _malformed(op)
    _check_keys(op)
    return _MAP_TYPE if _is_new(known, MAP, op) else None


def _check_add(known: FieldType | None, op: Op) -> FieldType | None:
    if len(op) != 3 or type(op[2]) is not dict:
        _malformed(op)
    _check_amounts(op)
    return _COUNTERS_TYPE if _is_new(known, COUNTERS, op) else None


def _check_push(known: FieldType | None, op: Op) -> FieldType | None:
    if len(op) == 3:
        op.append(DEFAULT_CAP)
    if len(op) != 4 or type(op[2]) is not list:
        _malformed(op)
    cap = op[3]
    if type(cap) is not int or not 0 <= cap <= MAX_CAP:
        raise Refused(
            "out-of-range",
            f"{show(cap)} cannot be the cap of the list {op[1]!r}",
            f"a cap is an integer from 0 to {MAX_CAP}",
        )
    return [LIST, cap] if _is_new(known, LIST, op) else None


def _check_record(known: FieldType | None, op: Op) -> FieldType | None:
    if len(op) == 3:
        op.append(DEFAULT_QUANTUM)
    if len(op) != 4:
        _malformed(op)
    quantum = op[3]
    if type(quantum) not in (int, float) or not 0 < quantum < TWO_53:
        raise Refused(
            "out-of-range", f"{show(quantum)} cannot be the quantum of {op[1]!r}", "a quantum is a positive number"
        )
    check_cells(op[1], op[2])
    if _is_new(known, SERIES, op):
        return [SERIES, quantum]
    if known is not None and known[1] != quantum:
        raise Refused(
            "quantum-mismatch",
            f"the series {op[1]!r} has the quantum {known[1]!r}, not {quantum!r}",
            "record with the quantum that it began with (0.001 where none is given)",
        )
    return None


def _check_drop(known: FieldType | None, op: Op) -> FieldType | None:
    if len(op) == 2:
        return None
    if len(op) != 3 or type(op[2]) is not str:
        _malformed(op)
    return _MAP_TYPE if _is_new(known, MAP, op) else None


_RULES = {
    "set": _check_set,
    "put": _check_put,
    "add": _check_add,
    "push": _check_push,
    "record": _check_record,
    "drop": _check_drop,
}


def _is_new(known: FieldType | None, kind: str, op: Op) -> bool:
    """Whether the field has no type yet; raises Refused if it has another than ``kind``."""
    if known is None:
        return True
    if known[0] == kind:
        return False
    raise Refused(
        "type-mismatch",
        f"{op[1]!r} is a {known[0]} and does not take a {op[0]}, which is for a {kind}",
        "a field keeps its type until its topic ends; use another field",
    )


def _check_keys(op: Op) -> None:
    for key in op[2]:
        if type(key) is not str:
            raise Refused("malformed", f"{show(key)} cannot be a key of {op[1]!r}", "keys are texts")


def _check_amounts(op: Op) -> None:
    for key, amount in op[2].items():
        if type(key) is not str or type(amount) is not int or not -TWO_53 < amount < TWO_53:
            raise Refused(
                "out-of-range",
                f"{show(amount)} cannot be counted under {show(key)} in {op[1]!r}",
                "counters take integers below 2**53, under keys that are texts",
            )


def _malformed(op: Op) -> NoReturn:
    raise Refused("malformed", f"{show(op)} is not a well-formed {op[0]}", f"write {_FORMS[op[0]]}")
