"""What the members of a list fulfil, in SQL, with the meaning of ``store.query.matches``: tests hold the two equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.store.jsontext import encode
from quarterdeck.store.query import TOPIC, searched
from quarterdeck.store.sqlite.columns import expression, is_text, literal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from quarterdeck.store.query import Condition, KindColumns, Query

Terms = list[tuple[str, tuple[Any, ...]]]
# So many rows are fetched and sorted in a few milliseconds; where more fit, the order's own index finds a page sooner.
_NARROW = 2000


def terms_of(connection: sqlite3.Connection, query: Query, kinds: Mapping[str, KindColumns]) -> Terms:
    """The terms of a checked query, the cursor aside, written so that SQLite takes the index that suits the page."""
    terms = _scope(query)
    misleading = _misleading(connection, query, kinds, list(terms))
    for condition in query.where:
        terms += _term(condition, "+" if condition in misleading else "")
    if query.q:
        terms.append(_search(query, kinds))
    return terms


def _scope(query: Query) -> Terms:
    # The kind is written out, not bound: a partial index is used only for a constant.
    terms: Terms = [] if query.kind is None else [(f"kind = {literal(query.kind)}", ())]
    return terms + _under(query.prefix) if query.prefix else terms


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
    broad = {condition for condition in asked if not _is_narrow(connection, [*scope, *_term(condition)])}
    # Where all are broad, an index that has the rows of one condition in their order is as good as any.
    return broad if len(broad) < len(asked) else broad - set(ordered[:1])


def _has_index(condition: Condition, query: Query, orders: tuple[tuple[str, str], ...]) -> bool:
    """Whether an index has the rows that fulfil the condition in the order of the page."""
    # Alternatives are several stretches of an index, whose rows have to be sorted.
    return len(condition.values) == 1 and (query.column == TOPIC or (condition.column, query.column) in orders)


def _is_narrow(connection: sqlite3.Connection, terms: Terms) -> bool:
    where = " AND ".join(term for term, _ in terms)
    values = [value for _, values in terms for value in values]
    statement = f"SELECT count(*) FROM (SELECT 1 FROM topics WHERE {where} LIMIT {_NARROW + 1})"
    return int(connection.execute(statement, values).fetchone()[0]) <= _NARROW


def _term(condition: Condition, shield: str = "") -> Terms:
    """The terms of one condition; a plus before the column (``shield``) keeps SQLite from using its index."""
    column, op, values = shield + expression(condition.column), condition.op, condition.values
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
    in_name = "instr(lower(topic), ?) OR instr(lower(topic), ?)"
    columns = kinds[query.kind].columns if query.kind is not None else ()
    if not columns:
        return f"({in_name})", (text, encoded)
    in_columns = " OR ".join(f"({is_text(column)} AND instr(lower({expression(column)}), ?))" for column in columns)
    # Most rows have the text nowhere: one look at the whole spares them a look at each column.
    written = encode(text)[1:-1]
    sought = (text, encoded, written, *(text for _ in columns))
    return f"({in_name} OR (instr(lower(scalars), ?) AND ({in_columns})))", sought
