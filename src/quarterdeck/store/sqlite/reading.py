"""Reading one topic, or the topics of a page, back into states."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.core.fold import TopicState
from quarterdeck.store.jsontext import decode
from quarterdeck.store.sqlite.rows import SOURCE, merged, types_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

SHAPES = f"SELECT id, topics.topic, kind, types, topics.scalars, dropped, apart, moving.scalars FROM {SOURCE}"
_EMPTY: dict[str, type] = {"list": list, "map": dict, "counters": dict}


class Shape(NamedTuple):
    """A row of the table ``topics``, with what moves of it."""

    id: int
    topic: str
    kind: str | None
    types: str
    scalars: str
    dropped: str
    apart: str
    moving: str | None


def load_state(connection: sqlite3.Connection, topic: str) -> TopicState | None:
    """The whole state of one topic; both selects see the same commit."""
    connection.execute("BEGIN")
    try:
        found = connection.execute(f"{SHAPES} WHERE topics.topic = ?", (topic,)).fetchone()
        if found is None:
            return None
        shape = Shape(*found)
        state = hollow_state(shape)
        entries = connection.execute("SELECT field, key, value FROM entries WHERE topic = ?", (shape.id,))
        fill(state, entries)
        return state
    finally:
        connection.execute("COMMIT")


def light_state(shape: Shape) -> TopicState:
    """The state without what stands in entries: small scalars, and all types."""
    values = merged(shape.scalars, shape.moving)
    return TopicState(values, types_of(decode(shape.types), values, decode(shape.dropped), decode(shape.apart)))


def hollow_state(shape: Shape) -> TopicState:
    """The state with empty lists, maps and counters, ready to be filled."""
    state = light_state(shape)
    dropped = decode(shape.dropped)
    for field, known in state.types.items():
        if known[0] in _EMPTY and field not in dropped:
            state.values[field] = _EMPTY[known[0]]()
    return state


def fill(state: TopicState, entries: Iterable[tuple[str, Any, Any]]) -> None:
    """Put the entries (field, key, value), ordered by field and key, into the state."""
    for field, group in groupby(entries, key=_first):
        rows = list(group)
        kind = state.types[field][0]
        if kind == "counters":
            state.values[field] = {key: value for _, key, value in rows}
            continue
        decoded = decode(f"[{','.join([row[2] for row in rows])}]")
        if kind == "list":
            state.values[field] = decoded
        elif kind == "map":
            state.values[field] = dict(zip([row[1] for row in rows], decoded, strict=True))
        else:
            state.values[field] = decoded[0]


def _first(row: tuple[str, Any, Any]) -> str:
    return row[0]
