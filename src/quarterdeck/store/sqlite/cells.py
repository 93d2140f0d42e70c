"""Series in the file: a recorded cell goes to its minute, hour and day in one transaction, so late data is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import add_cell, copy_cell
from quarterdeck.store.contract import MINUTES
from quarterdeck.store.jsontext import decode, encode

if TYPE_CHECKING:
    import sqlite3

    from quarterdeck.store.contract import Span

Cell = list[Any]
_AT_MOST = 20_000


def table_of(span: Span) -> str:
    """The table of a span's cells."""
    return f"cells_{span}"


class CellBook:
    """The cells that were written last, decoded, and which of them the file does not have yet."""

    __slots__ = ("_changed", "_connection", "_held", "_known")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, str], dict[tuple[Span, int], Cell]] = {}
        self._changed: dict[tuple[int, str], set[tuple[Span, int]]] = {}
        self._held = 0

    def add(self, id: int, field: str, cells: dict[str, Cell]) -> None:
        """Merge cells, keyed by the UTC minute as text, into all spans."""
        if not cells:
            return
        known = self._known.setdefault((id, field), {})
        changed = self._changed.setdefault((id, field), set())
        for minute_text, cell in cells.items():
            minute = int(minute_text)
            for span, minutes in MINUTES.items():
                place = (span, minute - minute % minutes)
                self._merge(known, id, field, place, cell)
                changed.add(place)

    def _merge(
        self, known: dict[tuple[Span, int], Cell], id: int, field: str, place: tuple[Span, int], cell: Cell
    ) -> None:
        have = known.get(place) or self._find(id, field, place)
        if have is None:
            have = copy_cell(cell)
        else:
            add_cell(have, cell)
        if place not in known:
            self._held += 1
        known[place] = have

    def _find(self, id: int, field: str, place: tuple[Span, int]) -> Cell | None:
        span, start = place
        found = self._connection.execute(
            f"SELECT cell FROM {table_of(span)} WHERE topic = ? AND field = ? AND start = ?", (id, field, start)
        ).fetchone()
        return None if found is None else decode(found[0])

    def clear(self, id: int, field: str) -> None:
        """Remove all cells of a series."""
        self._known.pop((id, field), None)
        self._changed.pop((id, field), None)
        for span in MINUTES:
            self._connection.execute(f"DELETE FROM {table_of(span)} WHERE topic = ? AND field = ?", (id, field))

    def end(self, id: int) -> None:
        """Remove all cells of a topic."""
        for key in [key for key in self._known if key[0] == id]:
            self._known.pop(key)
            self._changed.pop(key, None)
        for span in MINUTES:
            self._connection.execute(f"DELETE FROM {table_of(span)} WHERE topic = ?", (id,))

    def flush(self) -> None:
        """Write the changed cells."""
        rows: dict[Span, list[tuple[int, str, int, str]]] = {span: [] for span in MINUTES}
        for (id, field), places in self._changed.items():
            known = self._known[id, field]
            for span, start in places:
                rows[span].append((id, field, start, encode(known[span, start])))
        for span, changed in rows.items():
            self._connection.executemany(f"REPLACE INTO {table_of(span)} VALUES (?, ?, ?, ?)", changed)
        self._changed.clear()
        if self._held > _AT_MOST:
            self.forget()

    def forget(self) -> None:
        """Trust only the file from here on."""
        self._known.clear()
        self._changed.clear()
        self._held = 0
