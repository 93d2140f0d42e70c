"""Scalars that move: what changes again and again of a long row is written beside it, a few fields instead of all.

What stands in ``moving`` counts instead of what the row says.  The columns of lists never do: they are in the row, from
which the lists are made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.store.jsontext import encode
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.rows import merged

if TYPE_CHECKING:
    import sqlite3

    from quarterdeck.store.sqlite.rows import Row

LONG = 400
"""Characters of a row's scalars from which on it is worth while."""
_SHARE = 4
"""So many times shorter is what moves."""
_WRITE = "REPLACE INTO moving VALUES (?, ?)"
_FORGET = f"DELETE FROM moving WHERE topic IN ({LISTED})"
_OF_KIND = "SELECT id, topics.scalars, moving.scalars FROM moving JOIN topics ON id = moving.topic WHERE kind = ?"


def settle(connection: sqlite3.Connection, kind: str) -> None:
    """Bring what moves into the rows of a kind, whose columns may have become others."""
    found = connection.execute(_OF_KIND, (kind,)).fetchall()
    rows = [(encode(merged(scalars, moving)), id) for id, scalars, moving in found]
    connection.executemany("UPDATE topics SET scalars = ? WHERE id = ?", rows)
    forget(connection, [id for _, id in rows])


def forget(connection: sqlite3.Connection, ids: list[int]) -> None:
    """The rows of these topics say everything, or have gone."""
    if ids:
        connection.execute(_FORGET, (encode(ids),))


class Moving:
    """What one commit writes beside the rows."""

    __slots__ = ("_connection", "_forgotten", "_written")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._written: list[tuple[int, str]] = []
        self._forgotten: list[int] = []

    def take(self, row: Row) -> bool:
        """Write what has changed, no columns, beside the row if that is worth while."""
        if row.length < LONG:
            return False
        row.moving.update(row.changed)
        text = encode({field: row.scalars[field] for field in row.moving})
        if len(text) * _SHARE > row.length:
            return False
        self._written.append((row.id, text))
        return True

    def leave(self, row: Row) -> None:
        """The row itself is written, or goes."""
        if row.moving:
            self._forgotten.append(row.id)
            row.moving.clear()

    def flush(self) -> None:
        """Write it."""
        forget(self._connection, self._forgotten)
        self._connection.executemany(_WRITE, self._written)
        self._forgotten, self._written = [], []
