"""Reading cells of series: those of one, and what many of them come to.

Hours and days are read with what their minutes still owe them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import MINUTE_US, sum_cells
from quarterdeck.store.contract import MINUTES
from quarterdeck.store.jsontext import encode
from quarterdeck.store.sqlite.cells import table_of
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.elapsed import Elapsed, Series
from quarterdeck.store.sqlite.packed import COLUMNS, cell_of, sum_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from quarterdeck.store.contract import Piece, Steps, Sums

_NAMES = f"""SELECT series.id, topics.topic, field, version, (SELECT max(start) FROM cells_day WHERE series = series.id)
    FROM topics JOIN series ON series.topic = topics.id WHERE topics.topic IN ({LISTED}) AND field IN ({LISTED})"""
_COUNTS = "start, n, total, low, high, at, last, NULL"


def load_cells(connection: sqlite3.Connection, topic: str, field: str, piece: Piece) -> dict[int, list[Any]]:
    """The cells of a series that begin in a range of minutes, the oldest first."""
    found = defaultdict(list)
    connection.execute("BEGIN")
    try:
        for *row, _ in _rows(connection, list(_names(connection, [topic], [field])), piece):
            found[row[0]].append(cell_of(row))
    finally:
        connection.execute("COMMIT")
    return {start: cells[0] if len(cells) == 1 else sum_cells(cells) or [] for start, cells in sorted(found.items())}


class SpanReader:
    """Reads what series come to, and remembers of it what does not change any more; one thread at a time."""

    def __init__(self) -> None:
        self._elapsed = Elapsed()

    def sums(
        self,
        connection: sqlite3.Connection,
        series: tuple[Sequence[str], Sequence[str]],
        steps: Steps,
        *,
        buckets: bool,
    ) -> Sums:
        """What series of these topics and fields come to, by steps."""
        rows: dict[tuple[int, int], list[Any]] = defaultdict(list)
        connection.execute("BEGIN")
        try:
            names = _names(connection, *series)
            for piece in steps.pieces:
                if buckets and piece.span == "day" and len(steps.begins) == 1:
                    found = self._days(connection, names, piece)
                else:
                    found = _rows(connection, list(names), piece, COLUMNS if buckets else _COUNTS)
                for row in found:
                    rows[row[-1], steps.of(row[0])].append(row)
        finally:
            connection.execute("COMMIT")
        sums: Sums = {}
        for (id, begin), some in rows.items():
            sums.setdefault(names[id][:2], {})[begin] = sum_of(some, buckets=buckets)
        return sums

    def _days(self, connection: sqlite3.Connection, names: dict[int, Series], piece: Piece) -> Iterator[Any]:
        def read(ids: list[int], first: int) -> Iterable[Any]:
            return _select(connection, COLUMNS, "cells_day", ids, (max(first, piece.start), piece.stop))

        yield from self._elapsed.rows(names, (piece.start, piece.stop), read)
        yield from _owed(connection, list(names), piece, COLUMNS)


def _names(connection: sqlite3.Connection, topics: Sequence[str], fields: Sequence[str]) -> dict[int, Series]:
    """What there is of each series, by its number."""
    found = connection.execute(_NAMES, (encode(list(topics)), encode(list(fields))))
    return {id: Series(*row) for id, *row in found}


def _rows(connection: sqlite3.Connection, ids: list[int], piece: Piece, columns: str = COLUMNS) -> Iterator[Any]:
    """Rows of cells, and of minutes that are owed to one as if they began with it; the series behind each."""
    span, start, stop = piece
    yield from _select(connection, columns, table_of(span), ids, (start, stop))
    if span != "minute":
        yield from _owed(connection, ids, piece, columns)


def _owed(connection: sqlite3.Connection, ids: list[int], piece: Piece, columns: str) -> Iterator[Any]:
    # An hour begins in the range if its minutes lie between the first full hours at or after both ends.
    size = MINUTES[piece.span]
    start, stop = (-(-minute // size) * size for minute in piece[1:])
    found = _select(connection, columns, "cells_minute INDEXED BY cells_owed", ids, (start, stop), " AND owed")
    for minute, n, total, low, high, at, *rest in found:
        since = minute % size
        yield (minute - since, n, total, low, high, at + since * MINUTE_US, *rest)


def _select(
    connection: sqlite3.Connection, columns: str, table: str, ids: list[int], range: tuple[int, int], only: str = ""
) -> Iterable[Any]:
    where = f"series IN ({LISTED}) AND start >= ? AND start < ?{only}"
    return connection.execute(f"SELECT {columns}, series FROM {table} WHERE {where}", (encode(ids), *range))
