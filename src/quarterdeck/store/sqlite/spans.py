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
from quarterdeck.store.sqlite.packed import COLUMNS, cell_of, sum_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from quarterdeck.store.contract import Piece, Steps, Sums

_NAMES = f"""SELECT series.id, topics.topic, field FROM topics JOIN series ON series.topic = topics.id
    WHERE topics.topic IN ({LISTED}) AND field IN ({LISTED})"""
_COUNTS = "start, n, total, low, high, at, last, NULL"


def load_cells(connection: sqlite3.Connection, topic: str, field: str, piece: Piece) -> dict[int, list[Any]]:
    """The cells of a series that begin in a range of minutes, the oldest first."""
    found = defaultdict(list)
    connection.execute("BEGIN")
    try:
        names = _names(connection, [topic], [field])
        for *row, _ in _rows(connection, encode(list(names)), piece, COLUMNS):
            found[row[0]].append(cell_of(row))
    finally:
        connection.execute("COMMIT")
    return {start: cells[0] if len(cells) == 1 else sum_cells(cells) or [] for start, cells in sorted(found.items())}


def load_sums(
    connection: sqlite3.Connection, series: tuple[Sequence[str], Sequence[str]], steps: Steps, *, buckets: bool
) -> Sums:
    """What series of these topics and fields come to, by steps."""
    rows: dict[tuple[int, int], list[Any]] = defaultdict(list)
    connection.execute("BEGIN")
    try:
        names = _names(connection, *series)
        listed = encode(list(names))
        for piece in steps.pieces:
            for row in _rows(connection, listed, piece, COLUMNS if buckets else _COUNTS):
                rows[row[-1], steps.of(row[0])].append(row)
    finally:
        connection.execute("COMMIT")
    found: Sums = {}
    for (number, begin), some in rows.items():
        found.setdefault(names[number], {})[begin] = sum_of(some, buckets=buckets)
    return found


def _names(connection: sqlite3.Connection, topics: Sequence[str], fields: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Topic and field of each series, by its number."""
    found = connection.execute(_NAMES, (encode(list(topics)), encode(list(fields))))
    return {id: (topic, field) for id, topic, field in found}


def _rows(connection: sqlite3.Connection, listed: str, piece: Piece, columns: str) -> Iterator[Any]:
    """Rows of cells, and of minutes that are owed to one as if they began with it; the series behind each."""
    select = f"SELECT {columns}, series FROM %s WHERE series IN ({LISTED}) AND start >= ? AND start < ?"
    span, start, stop = piece
    yield from connection.execute(select % table_of(span), (listed, start, stop))
    if span == "minute":
        return
    # An hour begins in the range if its minutes lie between the first full hours at or after both ends.
    size = MINUTES[span]
    start, stop = (-(-minute // size) * size for minute in (start, stop))
    owed = select % "cells_minute INDEXED BY cells_owed" + " AND owed"
    for minute, n, total, low, high, at, *rest in connection.execute(owed, (listed, start, stop)):
        since = minute % size
        yield (minute - since, n, total, low, high, at + since * MINUTE_US, *rest)
