"""Series in the file: a recorded cell goes to its minute at once, and from there to its hour and day, once.

A minute's row is ``owed`` until its cell has been added to hour and day, in the transaction that takes the mark away.
So the cells of the running minute are written as one row a commit, not as three; readers of hours and days add what is
owed.  What comes late goes to all three at once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import add_cell, copy_cell
from quarterdeck.store.contract import MINUTES
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.elapsed import OVER
from quarterdeck.store.sqlite.packed import COLUMNS, cell_of, loose_row, merged, packed_row, row_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container

    from quarterdeck.store.contract import Span
    from quarterdeck.store.sqlite.packed import Row

Cell = list[Any]
LONG: tuple[Span, ...] = ("hour", "day")
# Decoded cells kept between commits, and rows that one commit brings to hours and days at least.
_REMEMBERED = 10_000
_ROLLED_AT_ONCE = 100
_SERIES = "SELECT id FROM series WHERE topic = ? AND field = ?"
_BEGIN = "INSERT INTO series (topic, field, version) VALUES (?, ?, random())"
_REWRITTEN = f"UPDATE series SET {OVER} WHERE id = ?"
_LATE = f"{_REWRITTEN} AND EXISTS (SELECT 1 FROM cells_day WHERE series = id AND start > ?)"
_OF_TOPICS = f"SELECT id FROM series WHERE topic IN ({LISTED})"
_FIND = f"SELECT {COLUMNS}, owed FROM cells_minute WHERE series = ? AND start = ?"
_SAVE = "REPLACE INTO cells_minute VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OWED = f"SELECT {COLUMNS}, series FROM cells_minute INDEXED BY cells_owed WHERE owed AND start < ? LIMIT ?"
_PAID = "UPDATE cells_minute SET owed = 0, buckets = ? WHERE series = ? AND start = ?"


def table_of(span: Span) -> str:
    """The table of a span's cells."""
    return f"cells_{span}"


class Minute:
    """One minute's cell as the file has it, or will have it after ``flush``."""

    __slots__ = ("cell", "owed")

    def __init__(self, cell: Cell, owed: bool) -> None:
        self.cell = cell
        self.owed = owed


class Minutes(dict[int, Minute]):
    """What is known of one series, by the minute; ``series`` is its number."""

    __slots__ = ("series",)

    def __init__(self, series: int) -> None:
        super().__init__()
        self.series = series


class CellBook:
    """Writes cells, and remembers those of the last minutes."""

    __slots__ = ("_changed", "_connection", "_held", "_known", "_new_ones", "_of_series", "_rolled_before")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, str], Minutes] = {}
        self._of_series: dict[int, Minutes] = {}
        self._changed: dict[tuple[int, int], Minute] = {}
        self._held = 0
        self._rolled_before = 0
        self._new_ones = 0  # minutes since the last commit

    def add(self, id: int, field: str, cells: dict[str, Cell]) -> None:
        """Merge cells, keyed by the UTC minute as text."""
        if not cells:
            return
        known = self._known.get((id, field))
        if known is None:
            known = self._known[id, field] = Minutes(self._find(id, field) or self._begin(id, field))
            self._of_series[known.series] = known
        for text, cell in cells.items():
            start = int(text)
            minute = known.get(start)
            if minute is None:
                minute = known[start] = self._new(known.series, start, cell)
                self._held += 1
            else:
                self._merge(known.series, start, minute, cell)
            self._changed[known.series, start] = minute

    def _find(self, id: int, field: str) -> int | None:
        found = self._connection.execute(_SERIES, (id, field)).fetchone()
        return found and int(found[0])

    def _begin(self, id: int, field: str) -> int:
        series = self._connection.execute(_BEGIN, (id, field)).lastrowid
        assert series is not None
        return series

    def _new(self, series: int, start: int, cell: Cell) -> Minute:
        found = self._connection.execute(_FIND, (series, start)).fetchone()
        if found is None:
            self._new_ones += 1
            return Minute(copy_cell(cell), owed=True)
        minute = Minute(cell_of(found[:-1]), bool(found[-1]))
        self._merge(series, start, minute, cell)
        return minute

    def _merge(self, series: int, start: int, minute: Minute, cell: Cell) -> None:
        add_cell(minute.cell, cell)
        if not minute.owed:
            for span in LONG:
                self._add_long(span, series, start - start % MINUTES[span], [row_of(start, cell)])

    def _add_all(self, span: Span, rows: list[Any]) -> list[Any]:
        """Add rows of many series (the series behind each), and return them as one for each cell that they went to."""
        by_cell: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in rows:
            by_cell[row[-1], row[0] - row[0] % MINUTES[span]].append(row)
        whole = []
        for (series, start), some in by_cell.items():
            sum_row = merged(start, some)
            self._add_long(span, series, start, [sum_row])
            whole.append((*sum_row, series))
        return whole

    def _add_long(self, span: Span, series: int, start: int, rows: list[Row]) -> None:
        """Add rows of minutes to their hour or day."""
        table = table_of(span)
        found = f"SELECT {COLUMNS} FROM {table} WHERE series = ? AND start = ?"
        whole = merged(start, self._connection.execute(found, (series, start)).fetchall() + rows)
        self._connection.execute(f"REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (series, *whole))
        if span == "day":
            self._connection.execute(_LATE, (series, start))

    def clear(self, id: int, field: str) -> None:
        """Remove all cells of a series."""
        series = self._find(id, field)
        if series is None:
            return
        for start in self._known.pop((id, field), ()):
            self._changed.pop((series, start), None)
        for span in MINUTES:
            self._connection.execute(f"DELETE FROM {table_of(span)} WHERE series = ?", (series,))
        self._connection.execute(_REWRITTEN, (series,))

    def end(self, ids: Container[int], listed: str) -> None:
        """Remove all series of these topics; ``listed`` is the same as a JSON array."""
        for key in [key for key in self._known if key[0] in ids]:
            known = self._known.pop(key)
            for start in known:
                self._changed.pop((known.series, start), None)
        for span in MINUTES:
            self._connection.execute(f"DELETE FROM {table_of(span)} WHERE series IN ({_OF_TOPICS})", (listed,))
        self._connection.execute(f"DELETE FROM series WHERE topic IN ({LISTED})", (listed,))

    def move(self, old: int, new: int) -> None:
        """Give all series of a topic to one that has none; nothing has changed since the last flush."""
        self.forget()
        self._connection.execute("UPDATE series SET topic = ? WHERE topic = ?", (new, old))

    def flush(self, before: int) -> None:
        """Write the changed cells; minutes before ``before`` go to their hours and days, of those that were written
        earlier a few a commit, and as many as are new."""
        closed, rows = [], []
        for (series, start), minute in self._changed.items():
            row = (loose_row if minute.owed and start >= before else row_of)(start, minute.cell)
            if minute.owed and start < before:
                minute.owed = False
                closed.append((*row, series))
            rows.append((series, *row, minute.owed))
        self._pay(closed)
        self._connection.executemany(_SAVE, rows)
        self._changed.clear()
        if self._held > _REMEMBERED:
            self.forget()
        limit, self._new_ones = max(_ROLLED_AT_ONCE, self._new_ones), 0
        if before > self._rolled_before and self.roll(before, limit) < limit:
            self._rolled_before = before

    def roll(self, before: int, limit: int) -> int:
        """Bring at most ``limit`` minutes before ``before`` to their hours and days; returns how many there were."""
        owed = [packed_row(row) for row in self._connection.execute(_OWED, (before, limit))]
        self._connection.executemany(_PAID, [(row[7], row[-1], row[0]) for row in owed])
        for row in owed:
            known = self._of_series.get(row[-1], {}).get(row[0])
            if known is not None:
                known.owed = False
        self._pay(owed)
        return len(owed)

    def _pay(self, rows: list[Any]) -> None:
        """Add rows of minutes (the series behind each) to their hours, and from there to their days."""
        for span in LONG:
            rows = self._add_all(span, rows)

    def forget(self) -> None:
        """Trust only the file from here on."""
        self._known.clear()
        self._of_series.clear()
        self._held = 0
