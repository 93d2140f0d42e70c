"""Counts of many cells, without anything else of them: added by SQLite where that is quicker."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from quarterdeck.core.sums import Histogram, Sum
from quarterdeck.store.sqlite.cells import table_of
from quarterdeck.store.sqlite.selecting import Begins, owed, select

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from quarterdeck.store.contract import Piece, Steps
    from quarterdeck.store.sqlite.selecting import BySteps

_MUCH = 2**40
"""What is not less may be text, or too much for SQLite to add."""
_ADDED = f"min(start), sum(CASE WHEN n < {_MUCH} THEN n END), max(n)"


def counts_of(connection: sqlite3.Connection, series: Mapping[int, object], steps: Steps) -> BySteps:
    """How many values these series have, by steps: sums with nothing else."""
    ids, begin_of = list(series), Begins(steps)
    firsts: dict[tuple[int, int], int] = {}
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for piece in steps.pieces:
        late = owed(connection, ids, piece, "start, n, 0, 0, 0, 0")
        for start, n, *_, id in chain(_counted(connection, ids, piece, steps), late):
            key = id, begin_of[start]
            counts[key] += int(n)
            firsts[key] = min(start, firsts.get(key, start))
    return {key: Sum(firsts[key], n, 0, 0, 0, 0, 0, Histogram(0, ())) for key, n in counts.items()}


def _counted(connection: sqlite3.Connection, ids: list[int], piece: Piece, steps: Steps) -> Iterator[tuple[Any, ...]]:
    """First minute, count and series: of each cell, or of all cells of a step."""
    parts, table = steps.cut(piece), table_of(piece.span)
    if parts is None:
        yield from select(connection, "start, n", table, ids, piece[1:])
    for part in parts or ():
        for first, n, most, id in select(connection, _ADDED, table, ids, part[1:], " GROUP BY series").fetchall():
            if isinstance(most, int) and most < _MUCH:
                yield (first, n, id)
            else:
                yield from select(connection, "start, n", table, [id], part[1:])
