"""Reading cells of series: those of one, and what many of them come to."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import sum_cells
from quarterdeck.core.sums import together
from quarterdeck.store.jsontext import encode
from quarterdeck.store.sqlite.adding import sums_of
from quarterdeck.store.sqlite.cells import table_of
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.counting import counts_of
from quarterdeck.store.sqlite.elapsed import Elapsed, Series
from quarterdeck.store.sqlite.packed import COLUMNS, cell_of, sum_of
from quarterdeck.store.sqlite.selecting import Begins, owed, rows_of, select

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from quarterdeck.core.sums import Sum
    from quarterdeck.store.contract import Piece, Steps, Sums
    from quarterdeck.store.sqlite.elapsed import Read
    from quarterdeck.store.sqlite.selecting import BySteps

_NAMES = f"""SELECT series.id, topics.topic, field, version, (SELECT max(start) FROM cells_day WHERE series = series.id)
    FROM topics JOIN series ON series.topic = topics.id WHERE topics.topic IN ({LISTED}) AND field IN ({LISTED})"""


def load_cells(connection: sqlite3.Connection, topic: str, field: str, piece: Piece) -> dict[int, list[Any]]:
    """The cells of a series that begin in a range of minutes, the oldest first."""
    found = defaultdict(list)
    connection.execute("BEGIN")
    try:
        for *row, _ in rows_of(connection, list(_names(connection, [topic], [field])), piece):
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
        only_counts: bool,
    ) -> Sums:
        """What series of these topics and fields come to, by steps."""
        connection.execute("BEGIN")
        try:
            names = _names(connection, *series)
            found = (counts_of if only_counts else self._sums)(connection, names, steps)
        finally:
            connection.execute("COMMIT")
        sums: Sums = {}
        for (id, begin), each in found.items():
            sums.setdefault(names[id][:2], {})[begin] = each
        return sums

    def _sums(self, connection: sqlite3.Connection, names: dict[int, Series], steps: Steps) -> BySteps:
        found: dict[tuple[int, int], list[Sum]] = defaultdict(list)
        for piece in steps.pieces:
            parts = steps.cut(piece)
            rows = (rows_of if parts is None else owed)(connection, list(names), piece)
            _add_each(found, rows, Begins(steps))
            for part in parts or ():
                begin = steps.of(part.start)
                read, add = _reader(connection, part), partial(sums_of, connection, part=part)
                for id, whole in self._elapsed.sums(names, part, read, add):
                    found[id, begin].append(whole)
        return {key: together(sums) for key, sums in found.items()}


def _add_each(found: dict[tuple[int, int], list[Sum]], rows: Iterable[Any], begin_of: Begins) -> None:
    """Sums of rows by their series and step."""
    by_step = defaultdict(list)
    for row in rows:
        by_step[row[-1], begin_of[row[0]]].append(row)
    for key, some in by_step.items():
        found[key].append(sum_of(some))


def _reader(connection: sqlite3.Connection, part: Piece) -> Read:
    def read(ids: list[int], first: int) -> Iterable[Any]:
        return select(connection, COLUMNS, table_of(part.span), ids, (max(first, part.start), part.stop))

    return read


def _names(connection: sqlite3.Connection, topics: Sequence[str], fields: Sequence[str]) -> dict[int, Series]:
    """What there is of each series, by its number."""
    found = connection.execute(_NAMES, (encode(list(topics)), encode(list(fields))))
    return {id: Series(*row) for id, *row in found}
