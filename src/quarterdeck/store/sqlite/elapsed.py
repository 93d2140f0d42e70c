"""Days that are over, remembered as one row a series, so that totals of months and years read a row or two.

A series has a version, which changes in the transaction that changes any day of it but the newest: what was read of
the days before the newest holds as long as version and newest day are the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.store.sqlite.packed import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quarterdeck.store.sqlite.packed import Row

    Read = Callable[[list[int], int], Iterable[Any]]

_REMEMBERED = 20_000
OVER = "version = random()"
"""What the row of a series says when its cells change so that nothing of them may be remembered."""


class Series(NamedTuple):
    """What a reading knows of a series; ``newest`` is the minute in which its newest day begins."""

    topic: str
    field: str
    version: int
    newest: int | None


class Elapsed:
    """Belongs to one reader."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], tuple[Series, Row]] = {}

    def rows(self, names: Mapping[int, Series], days: tuple[int, int], read: Read) -> Iterator[Any]:
        """Rows (the series behind each) of all days that begin in the minutes ``days``, several of them as one.

        ``read`` gives those of some series from a minute on.
        """
        known = {id: self._known[id, *days] for id in names if (id, *days) in self._known}
        known = {id: found for id, found in known.items() if found[0] == names[id]}
        strange = [id for id in names if id not in known]
        yield from ((*row, id) for id, (_, row) in known.items())
        if known:
            first = min(series.newest or 0 for series, _ in known.values())
            yield from (row for row in read(list(known), first) if row[0] >= (names[row[-1]].newest or 0))
        over = defaultdict(list)
        for row in read(strange, days[0]) if strange else ():
            if row[0] < (names[row[-1]].newest or 0):
                over[row[-1]].append(row)
            else:
                yield row
        for id, rows in over.items():
            row = merged(rows[0][0], rows)
            self._keep((id, *days), names[id], row)
            yield (*row, id)

    def _keep(self, key: tuple[int, int, int], series: Series, row: Row) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = (series, row)
