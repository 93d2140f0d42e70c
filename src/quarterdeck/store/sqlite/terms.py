"""What the members of a list fulfil, in SQL, with the meaning of ``store.query.matches``: tests hold the two equal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from quarterdeck.store.query import TOPIC, searched
from quarterdeck.store.rules import BIG
from quarterdeck.store.sqlite.columns import columns_of, is_text, list_of, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from quarterdeck.store.query import Condition, KindColumns, Query

Terms = list[tuple[str, tuple[Any, ...]]]
# So many rows are fetched and sorted in a few milliseconds; where more fit, the order's own index finds a page sooner.
_NARROW = 2000
_LIKE = r"LIKE ? ESCAPE '\'"
_WILD, _ESCAPED = re.compile(r"[%_\\]"), r"\\\g<0>"


def terms_of(connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns]) -> Terms:
    """The terms of a checked query, the cursor aside, written so that SQLite takes the index that suits the page."""
    terms = _under(query.prefix) if query.prefix else []
    misleading = _misleading(connection, query, kinds, list(terms))
    for condition in query.where:
        terms += _term(condition, "+" if condition in misleading else "")
    if query.q:
        terms.append(_search(query, kinds))
    return terms


def where_of(kind: str | None, terms: Terms) -> tuple[str, list[Any]]:
    """The list of a kind, or of all topics, as far as it fulfils the terms: SQL from its FROM on, and the values."""
    where = " AND ".join(term for term, _ in terms) or "1"
    return f"FROM {list_of(kind)} AS member WHERE {where}", [value for _, values in terms for value in values]


def _under(prefix: str) -> Terms:
    # "0" is the character after "/".
    inside = ("(topic = ? OR topic >= ?)", (prefix, prefix + "/"))
    return [("topic >= ?", (prefix,)), ("topic < ?", (prefix + "0",)), inside]


def _misleading(
    connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns], scope: Terms
) -> set[Condition]:
    """The conditions whose index would bring so many rows to be sorted that the order's own index is better."""
    orders = kinds[query.kind].orders if query.kind is not None else ()
    asked = [condition for condition in query.where if condition.column not in (TOPIC, query.column)]
    ordered = [each for each in asked if each.op == "=" and _has_index(each, query, orders)]
    if len(ordered) == 1 == len(asked):
        return set()
    broad = {condition for condition in asked if not _is_narrow(connection, query.kind, [*scope, *_term(condition)])}
    # Where all are broad, an index that has the rows of one condition in their order is as good as any.
    return broad if len(broad) < len(asked) else broad - set(ordered[:1])


def _has_index(condition: Condition, query: Query, orders: tuple[tuple[str, str], ...]) -> bool:
    """Whether an index has the rows that fulfil the condition in the order of the page."""
    # Alternatives are several stretches of an index, whose rows have to be sorted.
    return len(condition.values) == 1 and (query.column == TOPIC or (condition.column, query.column) in orders)


def _is_narrow(connection: sqlite3.Connection, kind: str | None, terms: Terms) -> bool:
    where, values = where_of(kind, terms)
    statement = f"SELECT count(*) FROM (SELECT 1 {where} LIMIT {_NARROW + 1})"
    return int(connection.execute(statement, values).fetchone()[0]) <= _NARROW


def _term(condition: Condition, shield: str = "") -> Terms:
    """The terms of one condition; a plus before the column (``shield``) keeps SQLite from using its index."""
    column, op, values = shield + quoted(condition.column), condition.op, condition.values
    if op == "!=":
        return [(f"{column} IS NOT ?", (value,)) for value in values]
    if op == "=" and len(values) > 1:
        missing = f" OR {column} IS NULL" if None in values else ""
        return [(f"({column} IN ({', '.join('?' * len(values))}){missing})", values)]
    value = values[0]
    if value is None:
        return [(f"{column} IS NULL", ())] if op == "=" else [("0", ())]
    if op == "^=":
        return [(f"{column} >= ?", (value,)), *_below(column, str(value))]
    return [(f"{column} {op} ?", (value,)), *_of_the_same_sort(column, op, value)]


def _of_the_same_sort(column: str, op: str, value: str | int | float) -> Terms:
    """Numbers come before texts; a comparison stays among its own."""
    if isinstance(value, str):
        return [(f"{column} >= ''", ())] if op in ("<", "<=") else []
    return [(f"{column} < ''", ())] if op in (">", ">=") else []


def _below(column: str, prefix: str) -> Terms:
    """An upper border for the texts that begin with ``prefix``."""
    for at in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[at]) + 1
        if code <= 0x10FFFF:
            after = chr(0xE000 if code == 0xD800 else code)
            return [(f"{column} < ?", (prefix[:at] + after,))]
    return []


def _search(query: Query, kinds: Mapping[str, KindColumns]) -> tuple[str, tuple[Any, ...]]:
    text, encoded = searched(query.q)
    if len(text) > BIG:
        return "0", ()
    columns = columns_of(kinds[query.kind]) if query.kind is not None else []
    # LIKE takes a fifth of the time of instr(lower()).
    in_columns = [f"({quoted(column)} {_LIKE} AND {is_text(column)})" for column in columns]
    places = [f"{TOPIC} {_LIKE}", f"{TOPIC} {_LIKE}", *in_columns]
    return f"({' OR '.join(places)})", (_anywhere(text), _anywhere(encoded), *(_anywhere(text) for _ in columns))


def _anywhere(text: str) -> str:
    """What LIKE calls a text with this in it."""
    return f"%{_WILD.sub(_ESCAPED, text)}%"
