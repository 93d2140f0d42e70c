"""The lists: a table a kind, with a row a topic that holds the columns which the kind declares, and their indexes.

A list says nothing that ``topics`` does not say.  It is made anew when its kind is new or has changed, and a change of
a topic writes to it only where a column changes: so what moves all the time touches no index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.store.jsontext import encode
from quarterdeck.store.query import TOPIC, plain_value
from quarterdeck.store.sqlite.columns import LISTED, columns_of, identifier, list_of, literal, quoted, stored_as
from quarterdeck.store.sqlite.moving import settle

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from quarterdeck.store.query import KindColumns
    from quarterdeck.store.sqlite.rows import Row

_HAVE = "SELECT name, sql FROM sqlite_master WHERE type = ? AND name LIKE 'list:%' AND sql IS NOT NULL"
_PLAIN = frozenset((str, int, float, type(None)))


def make_lists(connection: sqlite3.Connection, kinds: Iterable[KindColumns]) -> None:
    """Bring tables and indexes to what the kinds declare, whole or not at all; those that no kind wants go."""
    kinds = list(kinds)
    connection.execute("BEGIN IMMEDIATE")
    have = _drop_others(connection, "table", {list_of(kind.name): _table(kind) for kind in kinds})
    for kind in kinds:
        if list_of(kind.name) not in have:
            settle(connection, kind.name)
            connection.execute(_table(kind))
            connection.execute(_fill(kind))
    indexes = dict(index for kind in kinds for index in _indexes(kind))
    have = _drop_others(connection, "index", indexes)
    for name, statement in indexes.items():
        if name not in have:
            connection.execute(statement)
    connection.execute("COMMIT")


def _drop_others(connection: sqlite3.Connection, what: str, wanted: Mapping[str, str]) -> set[str]:
    """Drop what is not as wanted; returns the names of what stays."""
    have = {identifier(name): sql for name, sql in connection.execute(_HAVE, (what,))}
    stay = {name for name, statement in have.items() if wanted.get(name) == statement}
    for name in have.keys() - stay:
        connection.execute(f"DROP {what} {name}")
    return stay


def _table(kind: KindColumns) -> str:
    columns = "".join(f", {quoted(column)}" for column in columns_of(kind))
    return f"CREATE TABLE {list_of(kind.name)} ({TOPIC} TEXT PRIMARY KEY{columns}) WITHOUT ROWID"


def _fill(kind: KindColumns) -> str:
    columns = "".join(f", {stored_as(column)}" for column in columns_of(kind))
    return (
        f"INSERT INTO {list_of(kind.name)} SELECT {TOPIC}{columns} FROM topics"
        f" WHERE kind = {literal(kind.name)} ORDER BY {TOPIC}"
    )


def _indexes(kind: KindColumns) -> Iterator[tuple[str, str]]:
    for columns in [*((column,) for column in columns_of(kind)), *kind.orders]:
        name = quoted(":".join(("list", kind.name, *columns, TOPIC)))
        terms = ", ".join(quoted(column) for column in (*columns, TOPIC))
        yield name, f"CREATE INDEX {name} ON {list_of(kind.name)} ({terms})"


class Lists:
    """Writes the lists beside the topics."""

    __slots__ = ("_births", "_columns", "_connection", "_names")

    def __init__(self, connection: sqlite3.Connection, kinds: Mapping[str, KindColumns]) -> None:
        self._connection = connection
        self._columns = {name: columns_of(kind) for name, kind in kinds.items()}
        self._names = {name: frozenset(columns) for name, columns in self._columns.items()}
        self._births: dict[str, list[list[Any]]] = {}

    def begin(self, topic: str, kind: str | None, scalars: Mapping[str, Any]) -> None:
        """A topic that no list has begins with these scalars; ``write`` writes it."""
        if kind in self._columns:
            values = map(scalars.get, self._columns[kind])
            self._births.setdefault(kind, []).append([topic, *_bound(tuple(values))])

    def mind(self, row: Row) -> bool:
        """Whether what has changed may stand in a list."""
        if row.shape_changed or not row.exists:
            return True
        return row.kind in self._names and not self._names[row.kind].isdisjoint(row.changed)

    def know(self, row: Row) -> None:
        """The row came from the file, and its list has it as it is."""
        if row.kind in self._columns:
            row.listed = (row.kind, self._values(row.kind, row))

    def write(self, rows: Iterable[Row]) -> None:
        """Bring the lists to what these rows hold; one without fields has ended."""
        changes: dict[tuple[str, tuple[int, ...]], list[list[Any]]] = {}
        for row in rows:
            if row.listed is not None and not (row.types and row.listed[0] == row.kind):
                self.remove(row.listed[0], [row.topic])
                row.listed = None
            if row.kind not in self._columns or not row.types:
                continue
            values = self._values(row.kind, row)
            if row.listed is None:
                self.begin(row.topic, row.kind, row.scalars)
            elif row.listed[1] != values:
                which = tuple(at for at, (old, new) in enumerate(zip(row.listed[1], values, strict=True)) if old != new)
                changes.setdefault((row.kind, which), []).append([*_bound([values[at] for at in which]), row.topic])
            row.listed = (row.kind, values)
        births, self._births = self._births, {}
        self._send(births, changes)

    def remove(self, kind: str | None, topics: list[str]) -> None:
        """Take topics from the list of a kind."""
        if kind in self._columns:
            self._connection.execute(f"DELETE FROM {list_of(kind)} WHERE {TOPIC} IN ({LISTED})", (encode(topics),))

    def _values(self, kind: str, row: Row) -> tuple[Any, ...]:
        return tuple(map(row.scalars.get, self._columns[kind]))

    def _send(
        self, births: Mapping[str, list[list[Any]]], changes: Mapping[tuple[str, tuple[int, ...]], list[list[Any]]]
    ) -> None:
        for kind, rows in births.items():
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {list_of(kind)} VALUES ({marks})", rows)
        for (kind, which), rows in changes.items():
            names = self._columns[kind]
            terms = ", ".join(f"{quoted(names[at])} = ?" for at in which)
            self._connection.executemany(f"UPDATE {list_of(kind)} SET {terms} WHERE {TOPIC} = ?", rows)


def _bound(values: Iterable[Any]) -> Iterable[str | int | float | None]:
    """The values of columns as SQLite takes them."""
    return values if _PLAIN.issuperset(map(type, values)) else map(plain_value, values)
