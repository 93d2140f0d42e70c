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
from quarterdeck.store.sqlite.columns import expression
from quarterdeck.store.sqlite.reading import SHAPE, Shape, fill, hollow_state, light_state
from quarterdeck.store.sqlite.terms import Terms, terms_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from quarterdeck.core.fold import TopicState
    from quarterdeck.store.query import KindColumns, Query

_ENTRIES = """SELECT topic, field, key, value FROM entries
              WHERE topic IN (SELECT value FROM json_each(?)) ORDER BY topic, field, key"""


def read_page(connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns], whole: bool) -> Page:
    """One page; the caller has checked the query."""
    connection.execute("BEGIN")
    try:
        rows = _rows(connection, query, terms_of(connection, query, kinds))
        make = hollow_state if whole else light_state
        states = {row[0]: make(Shape(*row[:-1])) for row in rows[: query.limit]}
        if whole:
            _fill_all(connection, states)
    finally:
        connection.execute("COMMIT")
    items = [Stored(row[1], row[2], states[row[0]]) for row in rows[: query.limit]]
    if len(rows) <= query.limit:
        return Page(items, None)
    last = rows[query.limit - 1]
    return Page(items, next_cursor(query, last[-1], last[1]))


def read_beyond(
    connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns], keep: int, limit: int
) -> list[str]:
    """The topics that come after the first ``keep``."""
    select, values = _select(TOPIC, query, terms_of(connection, query, kinds))
    return [topic for (topic,) in connection.execute(f"{select} LIMIT ? OFFSET ?", (*values, limit, keep))]


def read_count(connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns]) -> int:
    """How many there are."""
    terms = terms_of(connection, query, kinds)
    where = " AND ".join(term for term, _ in terms) or "1"
    values = [value for _, values in terms for value in values]
    return int(connection.execute(f"SELECT count(*) FROM topics WHERE {where}", values).fetchone()[0])


def _fill_all(connection: sqlite3.Connection, states: dict[int, TopicState]) -> None:
    entries = connection.execute(_ENTRIES, (encode(list(states)),))
    for id, group in groupby(entries, key=_first):
        fill(states[id], [row[1:] for row in group])


def _first(row: tuple[Any, ...]) -> Any:
    return row[0]


def _rows(connection: sqlite3.Connection, query: Query, terms: Terms) -> list[tuple[Any, ...]]:
    """The rows of the page and one more, if there is one."""
    found: list[tuple[Any, ...]] = []
    for place in _places(query):
        select, values = _select(f"{SHAPE}, {expression(query.column)}", query, [*terms, *place])
        found += connection.execute(f"{select} LIMIT ?", (*values, query.limit + 1 - len(found)))
        if len(found) > query.limit:
            break
    return found


def _select(what: str, query: Query, terms: Terms) -> tuple[str, list[Any]]:
    way = " DESC" if query.descending else ""
    order = f"{TOPIC}{way}" if query.column == TOPIC else f"{expression(query.column)}{way}, {TOPIC}{way}"
    where = " AND ".join(term for term, _ in terms) or "1"
    values = [value for _, values in terms for value in values]
    return f"SELECT {what} FROM topics WHERE {where} ORDER BY {order}", values


def _places(query: Query) -> Iterator[Terms]:
    """The ranges in which the page may lie, in their order."""
    cursor = cursor_of(query)
    column, sign = expression(query.column), "<" if query.descending else ">"
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
