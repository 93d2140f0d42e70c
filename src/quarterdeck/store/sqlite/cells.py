"""Series in the file: a recorded cell goes to its minute at once, and from there to its hour and day, once.

A minute's row is ``owed`` until its cell has been added to hour and day, in the transaction that takes the mark away.
So the cells of the running minute are written as one row a commit, not as three; readers of hours and days add what is
owed.  What comes late, to a minute that owes nothing any more, goes to all three at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import add_cell, copy_cell
from quarterdeck.store.contract import MINUTES
from quarterdeck.store.jsontext import decode, encode
from quarterdeck.store.sqlite.columns import LISTED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container

    from quarterdeck.store.contract import Span

Cell = list[Any]
LONG: tuple[Span, ...] = ("hour", "day")
# Decoded cells kept between commits, and rows that one commit brings to hours and days besides.
_REMEMBERED = 10_000
_ROLLED_AT_ONCE = 100
_FIND = "SELECT cell, owed FROM cells_minute WHERE topic = ? AND field = ? AND start = ?"
_REPLACE = "ON CONFLICT (topic, field, start) DO UPDATE SET cell = excluded.cell"
_SAVE = f"INSERT INTO cells_minute VALUES (?, ?, ?, ?, ?) {_REPLACE}"
_OWED = "SELECT topic, field, start, cell FROM cells_minute WHERE owed AND start < ? LIMIT ?"
_PAID = "UPDATE cells_minute SET owed = 0 WHERE topic = ? AND field = ? AND start = ?"


def table_of(span: Span) -> str:
    """The table of a span's cells."""
    return f"cells_{span}"


class Minute:
    """One minute's cell as the file has it, or will have it after ``flush``."""

    __slots__ = ("cell", "owed")

    def __init__(self, cell: Cell, owed: bool) -> None:
        self.cell = cell
        self.owed = owed


class CellBook:
    """Writes cells, and remembers those of the last minutes."""

    __slots__ = ("_changed", "_connection", "_held", "_known", "_rolled_before")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, str], dict[int, Minute]] = {}
        self._changed: dict[tuple[int, str, int], Minute] = {}
        self._held = 0
        self._rolled_before = 0

    def add(self, id: int, field: str, cells: dict[str, Cell]) -> None:
        """Merge cells, keyed by the UTC minute as text."""
        if not cells:
            return
        known = self._known.setdefault((id, field), {})
        for text, cell in cells.items():
            start = int(text)
            minute = known.get(start)
            if minute is None:
                minute = known[start] = self._new(id, field, start, cell)
                self._held += 1
            else:
                self._merge(id, field, start, minute, cell)
            self._changed[id, field, start] = minute

    def _new(self, id: int, field: str, start: int, cell: Cell) -> Minute:
        found = self._connection.execute(_FIND, (id, field, start)).fetchone()
        if found is None:
            return Minute(copy_cell(cell), owed=True)
        minute = Minute(decode(found[0]), bool(found[1]))
        self._merge(id, field, start, minute, cell)
        return minute

    def _merge(self, id: int, field: str, start: int, minute: Minute, cell: Cell) -> None:
        add_cell(minute.cell, cell)
        if not minute.owed:
            self._add_long(id, field, start, cell)

    def _add_long(self, id: int, field: str, minute: int, cell: Cell) -> None:
        """Add a cell to its hour and its day."""
        for span in LONG:
            table, key = table_of(span), (id, field, minute - minute % MINUTES[span])
            found = self._connection.execute(
                f"SELECT cell FROM {table} WHERE topic = ? AND field = ? AND start = ?", key
            ).fetchone()
            merged = cell if found is None else decode(found[0])
            if found is not None:
                add_cell(merged, cell)
            self._connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?) {_REPLACE}", (*key, encode(merged)))

    def clear(self, id: int, field: str) -> None:
        """Remove all cells of a series."""
        for start in self._known.pop((id, field), ()):
            self._changed.pop((id, field, start), None)
        for span in MINUTES:
            self._connection.execute(f"DELETE FROM {table_of(span)} WHERE topic = ? AND field = ?", (id, field))

    def end(self, ids: Container[int], listed: str) -> None:
        """Remove all cells of these topics; ``listed`` is the same as a JSON array."""
        for key in [key for key in self._known if key[0] in ids]:
            for start in self._known.pop(key):
                self._changed.pop((*key, start), None)
        for span in MINUTES:
            self._connection.execute(f"DELETE FROM {table_of(span)} WHERE topic IN ({LISTED})", (listed,))

    def move(self, old: int, new: int) -> None:
        """Give all cells of a topic to one that has none; nothing has changed since the last flush."""
        self.forget()
        for span in MINUTES:
            self._connection.execute(f"UPDATE {table_of(span)} SET topic = ? WHERE topic = ?", (new, old))

    def flush(self) -> None:
        """Write the changed cells."""
        rows = [(*key, encode(minute.cell), minute.owed) for key, minute in self._changed.items()]
        self._connection.executemany(_SAVE, rows)
        self._changed.clear()
        if self._held > _REMEMBERED:
            self._known.clear()
            self._held = 0

    def roll(self, before: int) -> None:
        """Bring minutes before ``before`` to their hours and days, a few a commit; all is flushed."""
        if before > self._rolled_before and self.roll_some(before, _ROLLED_AT_ONCE) < _ROLLED_AT_ONCE:
            self._rolled_before = before

    def roll_some(self, before: int, limit: int) -> int:
        """Bring at most ``limit`` minutes before ``before`` to their hours and days; returns how many there were."""
        owed = self._connection.execute(_OWED, (before, limit)).fetchall()
        for id, field, start, cell in owed:
            self._add_long(id, field, start, decode(cell))
            self._connection.execute(_PAID, (id, field, start))
            known = self._known.get((id, field), {}).get(start)
            if known is not None:
                known.owed = False
        return len(owed)

    def forget(self) -> None:
        """Trust only the file from here on."""
        self._known.clear()
        self._held = 0
