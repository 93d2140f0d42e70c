"""Pages of long lists, by index.

A page behind a cursor is up to three ranges of one index, read one after the other until the page is full: the same
value and a later topic, later values, and (in a descending order) the topics that have no value.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from quarterdeck.store.contract import Page, Stored
from quarterdeck.store.jsontext import encode
from quarterdeck.store.query import TOPIC, cursor_of, next_cursor
from quarterdeck.store.sqlite.columns import LISTED, quoted
from quarterdeck.store.sqlite.reading import SHAPES, Shape, fill, hollow_state, light_state
from quarterdeck.store.sqlite.terms import Terms, terms_of, where_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from quarterdeck.core.fold import TopicState
    from quarterdeck.store.query import KindColumns, Query

_NAMED = f"{SHAPES} WHERE topics.topic IN ({LISTED})"
_ENTRIES = f"SELECT topic, field, key, value FROM entries WHERE topic IN ({LISTED}) ORDER BY topic, field, key"


def read_page(connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns], whole: bool) -> Page:
    """One page; the caller has checked the query."""
    connection.execute("BEGIN")
    try:
        members = _members(connection, query, terms_of(connection, query, kinds))
        stored = _stored(connection, [topic for topic, _ in members[: query.limit]], whole)
    finally:
        connection.execute("COMMIT")
    if len(members) <= query.limit:
        return Page(stored, None)
    topic, value = members[query.limit - 1]
    return Page(stored, next_cursor(query, value, topic))


def read_beyond(
    connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns], keep: int, limit: int
) -> list[str]:
    """The topics that come after the first ``keep``."""
    select, values = _select(query, terms_of(connection, query, kinds))
    return [topic for topic, _ in connection.execute(f"{select} LIMIT ? OFFSET ?", (*values, limit, keep))]


def read_count(connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns]) -> int:
    """How many there are."""
    where, values = where_of(query.kind, terms_of(connection, query, kinds))
    return int(connection.execute(f"SELECT count(*) {where}", values).fetchone()[0])


def _stored(connection: sqlite3.Connection, topics: list[str], whole: bool) -> list[Stored]:
    """What the members of a page hold."""
    make = hollow_state if whole else light_state
    shapes = [Shape(*row) for row in connection.execute(_NAMED, (encode(topics),))]
    states = {shape.id: make(shape) for shape in shapes}
    if whole:
        _fill_all(connection, states)
    stored = {shape.topic: Stored(shape.topic, shape.kind, states[shape.id]) for shape in shapes}
    return [stored[topic] for topic in topics]


def _fill_all(connection: sqlite3.Connection, states: dict[int, TopicState]) -> None:
    entries = connection.execute(_ENTRIES, (encode(list(states)),))
    for id, group in groupby(entries, key=_first):
        fill(states[id], [row[1:] for row in group])


def _first(row: tuple[Any, ...]) -> Any:
    return row[0]


def _members(connection: sqlite3.Connection, query: Query, terms: Terms) -> list[tuple[str, Any]]:
    """Topic and value in the order, of those on the page and one more, if there is one."""
    found: list[tuple[str, Any]] = []
    for place in _places(query):
        select, values = _select(query, [*terms, *place])
        found += connection.execute(f"{select} LIMIT ?", (*values, query.limit + 1 - len(found)))
        if len(found) > query.limit:
            break
    return found


def _select(query: Query, terms: Terms) -> tuple[str, list[Any]]:
    way = " DESC" if query.descending else ""
    column = quoted(query.column)
    order = f"{TOPIC}{way}" if query.column == TOPIC else f"{column}{way}, {TOPIC}{way}"
    where, values = where_of(query.kind, terms)
    return f"SELECT {TOPIC}, {column} {where} ORDER BY {order}", values


def _places(query: Query) -> Iterator[Terms]:
    """The ranges in which the page may lie, in their order."""
    cursor = cursor_of(query)
    column, sign = quoted(query.column), "<" if query.descending else ">"
    if cursor is None:
        yield []
    elif query.column == TOPIC:
        yield [(f"topic {sign} ?", (cursor.topic,))]
    elif cursor.value is None:
        yield [(f"{column} IS NULL", ()), (f"topic {sign} ?", (cursor.topic,))]
        if not query.descending:
            yield [(f"{column} IS NOT NULL", ())]
    else:
        yield [(f"{column} = ?", (cursor.value,)), (f"topic {sign} ?", (cursor.topic,))]
        yield [(f"{column} {sign} ?", (cursor.value,))]
        if query.descending:
            yield [(f"{column} IS NULL", ())]
