"""Times that are over, remembered as one sum a series, so that totals of months and steps of days read a row or two.

A series has a version, which changes in the transaction that changes any day of it but the newest: what was read of
the time before the newest day holds as long as version and newest day are the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.store.sqlite.packed import sum_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quarterdeck.core.sums import Sum
    from quarterdeck.store.contract import Piece

    Read = Callable[[list[int], int], Iterable[Any]]
    Add = Callable[[list[int]], Mapping[int, Sum]]
    OfPiece = dict[int, tuple["Series", Sum]]

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
        self._known: dict[Piece, OfPiece] = {}
        self._held = 0

    def sums(self, names: Mapping[int, Series], piece: Piece, read: Read, add: Add) -> Iterator[tuple[int, Sum]]:
        """What the cells of a piece come to that belongs to one step: the number of a series, and all or a part of it.

        ``read`` gives the rows (the series behind each) of some series from a minute on; ``add`` what the whole piece
        comes to, of those of which it can say that.
        """
        of_piece = self._known.setdefault(piece, {})
        known: list[int] = []
        strange: list[int] = []
        for id, series in names.items():
            (known if id in of_piece and of_piece[id][0] == series else strange).append(id)
        yield from [(id, of_piece[id][1]) for id in known]
        newest = {id: series.newest or 0 for id, series in names.items()}
        over: dict[int, list[Any]] = defaultdict(list)
        fresh: dict[int, list[Any]] = defaultdict(list)
        first = min([newest[id] for id in known], default=piece.stop)
        if ended := [id for id in strange if newest[id] >= piece.stop]:
            yield from self._keep(names, of_piece, add(ended))
            strange = [id for id in strange if id not in of_piece or of_piece[id][0] != names[id]]
        for row in read(known, first) if first < piece.stop else ():
            if row[0] >= newest[row[-1]]:
                fresh[row[-1]].append(row)
        for row in read(strange, piece.start) if strange else ():
            (over if row[0] < newest[row[-1]] else fresh)[row[-1]].append(row)
        yield from [(id, sum_of(rows)) for id, rows in fresh.items()]
        yield from self._keep(names, of_piece, {id: sum_of(rows) for id, rows in over.items()})
        if self._held > _REMEMBERED:
            self._known.clear()
            self._held = 0

    def _keep(
        self, names: Mapping[int, Series], of_piece: OfPiece, sums: Mapping[int, Sum]
    ) -> Iterable[tuple[int, Sum]]:
        for id, whole in sums.items():
            self._held += id not in of_piece
            of_piece[id] = names[id], whole
        return sums.items()
