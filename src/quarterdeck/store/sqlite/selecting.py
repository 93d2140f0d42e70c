"""Rows of cells as they are read, and the steps that they count to.

Hours and days are read with what their minutes still owe them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import MINUTE_US
from quarterdeck.store.contract import MINUTES
from quarterdeck.store.jsontext import encode
from quarterdeck.store.sqlite.cells import table_of
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.packed import COLUMNS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from quarterdeck.core.sums import Sum
    from quarterdeck.store.contract import Piece, Steps

    BySteps = dict[tuple[int, int], Sum]  # by series, and the minute in which the step begins


class Begins(dict[int, int]):
    """Where the step begins that a minute counts to; each is looked up once."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def __missing__(self, minute: int) -> int:
        begin = self[minute] = self._steps.of(minute)
        return begin


def rows_of(connection: sqlite3.Connection, ids: list[int], piece: Piece) -> Iterator[Any]:
    """Rows of cells, and of minutes that are owed to them; the series behind each."""
    span, start, stop = piece
    yield from select(connection, COLUMNS, table_of(span), ids, (start, stop))
    yield from owed(connection, ids, piece)


def owed(connection: sqlite3.Connection, ids: list[int], piece: Piece, columns: str = COLUMNS) -> Iterator[Any]:
    """Rows of minutes that are owed to hours or days, as if they began with them; the series behind each."""
    if piece.span == "minute":
        return
    # An hour begins in the range if its minutes lie between the first full hours at or after both ends.
    size = MINUTES[piece.span]
    start, stop = (-(-minute // size) * size for minute in piece[1:])
    found = select(connection, columns, "cells_minute INDEXED BY cells_owed", ids, (start, stop), " AND owed")
    for minute, n, total, low, high, at, *rest in found:
        since = minute % size
        yield (minute - since, n, total, low, high, at + since * MINUTE_US, *rest)


def select(
    connection: sqlite3.Connection, columns: str, table: str, ids: list[int], range: tuple[int, int], only: str = ""
) -> sqlite3.Cursor:
    """These columns, and the series, of cells that begin in a range of minutes."""
    where = f"series IN ({LISTED}) AND start >= ? AND start < ?{only}"
    return connection.execute(f"SELECT {columns}, series FROM {table} WHERE {where}", (encode(ids), *range))
