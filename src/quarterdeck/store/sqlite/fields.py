"""What each operation writes: the fold, on rows.

It follows ``core.fold`` operation by operation (a test holds the two together), so any sequence of accepted operations
will do.  Writes are gathered in ``Writes`` and leave together; what removes rows lets the gathered ones go first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.store.contract import DEFAULT_CAP, DEFAULT_QUANTUM
from quarterdeck.store.jsontext import encode
from quarterdeck.store.rules import is_big
from quarterdeck.store.sqlite.rows import SCALAR

if TYPE_CHECKING:
    from quarterdeck.store.sqlite.rows import Row
    from quarterdeck.store.sqlite.writes import Writes


def write_operation(writes: Writes, row: Row, operation: list[Any]) -> None:
    """Bring one accepted operation into the row and the rows below it."""
    _WRITE[operation[0]](writes, row, operation)


def _set(writes: Writes, row: Row, operation: list[Any]) -> None:
    field, value = operation[1], operation[2]
    known = row.types.get(field)
    if known is None and len(operation) == 4:
        row.fix(field, ["blob"])
        _set_blob(writes, row, field, value)
    elif known is None or known is SCALAR or known[0] == "scalar":
        row.types[field] = SCALAR
        _set_scalar(writes, row, field, value)
    elif known[0] == "blob":
        _set_blob(writes, row, field, value)
    elif known[0] == "series":
        writes.cells.clear(row.id, field)
        writes.cells.add(row.id, field, value)
    else:
        writes.clear(row.id, field)
        row.spots[field] = [0, 0]
        row.keep(field)
        _FILL[known[0]](writes, row, field, value)


def _set_scalar(writes: Writes, row: Row, field: str, value: Any) -> None:
    if row.dropped:
        row.keep(field)
    if is_big(value):
        writes.put(row.id, field, "", encode(value))
        if field not in row.apart:
            row.apart.add(field)
            row.scalars.pop(field, None)
            row.shape_changed = True
        return
    if row.apart:
        _forget_big(writes, row, field)
    row.change(field, value)


def _set_blob(writes: Writes, row: Row, field: str, value: Any) -> None:
    row.keep(field)
    row.change(field, value)
    writes.name_blob(row.id, field, None if value is None else value["sha256"])


def _forget_big(writes: Writes, row: Row, field: str) -> None:
    if field in row.apart:
        row.apart.discard(field)
        row.shape_changed = True
        writes.clear(row.id, field)


def _put(writes: Writes, row: Row, operation: list[Any]) -> None:
    field = operation[1]
    if field not in row.types:
        row.fix(field, ["map"])
    row.keep(field)
    _put_all(writes, row, field, operation[2])


def _put_all(writes: Writes, row: Row, field: str, entries: dict[str, Any]) -> None:
    for key, value in entries.items():
        writes.put(row.id, field, key, encode(value))


def _add(writes: Writes, row: Row, operation: list[Any]) -> None:
    field = operation[1]
    if field not in row.types:
        row.fix(field, ["counters"])
    row.keep(field)
    _add_all(writes, row, field, operation[2])


def _add_all(writes: Writes, row: Row, field: str, amounts: dict[str, int]) -> None:
    for key, amount in amounts.items():
        writes.count(row.id, field, key, amount)


def _push(writes: Writes, row: Row, operation: list[Any]) -> None:
    field = operation[1]
    cap = operation[3] if len(operation) == 4 else DEFAULT_CAP
    known = row.types.get(field)
    if known is None:
        row.spots[field] = [0, 0]
    if known is None or known[1] != cap:
        row.fix(field, ["list", cap])
    row.keep(field)
    _append(writes, row, field, operation[2])


def _append(writes: Writes, row: Row, field: str, items: list[Any]) -> None:
    """Add the items behind the list's last, and let go of what is over its cap."""
    cap = row.types[field][1]
    spot = row.spots.get(field)
    if spot is None:
        spot = row.spots[field] = writes.spots(row.id, field)
    for position, item in enumerate(items[max(0, len(items) - cap) :], spot[1]):
        writes.put(row.id, field, position, encode(item))
        spot[1] = position + 1
    first = max(spot[0], spot[1] - cap)
    if first > spot[0]:
        spot[0] = first
        writes.trim(row.id, field, first)


def _record(writes: Writes, row: Row, operation: list[Any]) -> None:
    field = operation[1]
    if field not in row.types:
        row.fix(field, ["series", operation[3] if len(operation) == 4 else DEFAULT_QUANTUM])
    writes.cells.add(row.id, field, operation[2])


def _drop(writes: Writes, row: Row, operation: list[Any]) -> None:
    if len(operation) == 1:
        writes.end(row.id)
        row.clear()
    elif len(operation) == 2:
        _drop_field(writes, row, operation[1])
    else:
        _put(writes, row, ["put", operation[1], {}])
        writes.remove(row.id, operation[1], operation[2])


def _drop_field(writes: Writes, row: Row, field: str) -> None:
    known = row.types.get(field)
    if known is None:
        return
    if known[0] == "series":
        writes.cells.clear(row.id, field)
        return
    if known[0] in ("scalar", "blob"):
        if known[0] == "blob":
            writes.name_blob(row.id, field, None)
        _forget_big(writes, row, field)
        row.scalars.pop(field, None)
    else:
        writes.clear(row.id, field)
        row.spots[field] = [0, 0]
    row.dropped.add(field)
    row.shape_changed = True


_WRITE = {"set": _set, "put": _put, "add": _add, "push": _push, "record": _record, "drop": _drop}
_FILL: dict[str, Any] = {"list": _append, "map": _put_all, "counters": _add_all}
