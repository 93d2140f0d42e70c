"""The writes of one commit, gathered so that rows of one statement leave together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.store.jsontext import encode
from quarterdeck.store.sqlite.columns import LISTED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from quarterdeck.store.sqlite.cells import CellBook

_INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT (topic, field, key) DO UPDATE SET value ="
_PUT = f"{_INSERT} excluded.value"
_COUNT = f"{_INSERT} value + excluded.value"
_TRIM = "DELETE FROM entries WHERE topic = ? AND field = ? AND key < ?"
_REMOVE = "DELETE FROM entries WHERE topic = ? AND field = ? AND key = ?"
_CLEAR = "DELETE FROM entries WHERE topic = ? AND field = ?"
_SPOTS = """SELECT (SELECT min(key) FROM entries WHERE topic = :topic AND field = :field),
                   (SELECT max(key) FROM entries WHERE topic = :topic AND field = :field)"""
# A long event must not fill the memory.
_AT_MOST = 10_000


class Writes:
    """Gathers writes to ``entries``; ``flush`` sends them, trims last, for positions only grow."""

    __slots__ = ("_connection", "_counts", "_puts", "_trims", "cells")

    def __init__(self, connection: sqlite3.Connection, cells: CellBook) -> None:
        self._connection = connection
        self.cells = cells
        self._puts: list[tuple[int, str, str | int, str]] = []
        self._counts: list[tuple[int, str, str, int]] = []
        self._trims: list[tuple[int, str, int]] = []

    def put(self, id: int, field: str, key: str | int, value: str) -> None:
        """Write one item, entry or big scalar."""
        self._puts.append((id, field, key, value))
        if len(self._puts) >= _AT_MOST:
            self.flush()

    def count(self, id: int, field: str, key: str, amount: int) -> None:
        """Add to one counter."""
        self._counts.append((id, field, key, amount))

    def trim(self, id: int, field: str, first: int) -> None:
        """Remove the items of a list before position ``first``."""
        self._trims.append((id, field, first))

    def remove(self, id: int, field: str, key: str) -> None:
        """Remove one entry of a map."""
        self.flush()
        self._connection.execute(_REMOVE, (id, field, key))

    def clear(self, id: int, field: str) -> None:
        """Remove all that a field has below its row."""
        self.flush()
        self._connection.execute(_CLEAR, (id, field))

    def end(self, *ids: int, flat: Iterable[int] = ()) -> None:
        """Remove all that topics have below their rows; those that are ``flat`` have neither series nor blobs."""
        self.flush()
        self._connection.execute(f"DELETE FROM entries WHERE topic IN ({LISTED})", (encode([*ids, *flat]),))
        if ids:
            listed = encode(ids)
            self._connection.execute(f"DELETE FROM blobs WHERE topic IN ({LISTED})", (listed,))
            self.cells.end(set(ids), listed)

    def name_blob(self, id: int, field: str, sha256: str | None) -> None:
        """Note which blob a field names; None: none."""
        if sha256 is None:
            self._connection.execute("DELETE FROM blobs WHERE topic = ? AND field = ?", (id, field))
        else:
            self._connection.execute("REPLACE INTO blobs VALUES (?, ?, ?)", (id, field, sha256))

    def spots(self, id: int, field: str) -> list[int]:
        """The first and the next position of a list."""
        self.flush()
        first, last = self._connection.execute(_SPOTS, {"topic": id, "field": field}).fetchone()
        return [0, 0] if last is None else [first, last + 1]

    def flush(self) -> None:
        """Send what was gathered."""
        for statement, rows in ((_PUT, self._puts), (_COUNT, self._counts), (_TRIM, self._trims)):
            if rows:
                self._send(statement, rows)

    def _send(self, statement: str, rows: list[Any]) -> None:
        self._connection.executemany(statement, rows)
        rows.clear()
