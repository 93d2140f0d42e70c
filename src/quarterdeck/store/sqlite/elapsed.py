"""Times that are over, remembered as one row a series, so that totals of months and steps of days read a row or two.

A series has a version, which changes in the transaction that changes any day of it but the newest: what was read of
the time before the newest day holds as long as version and newest day are the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.store.sqlite.packed import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quarterdeck.store.contract import Piece
    from quarterdeck.store.sqlite.packed import Row

    Read = Callable[[list[int], int], Iterable[Any]]
    OfPiece = dict[int, tuple["Series", Row]]

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

    def rows(self, names: Mapping[int, Series], piece: Piece, read: Read) -> Iterator[Any]:
        """Rows (the series behind each) of a piece that belongs to one step; several of them may come as one.

        ``read`` gives those of some series from a minute on.
        """
        of_piece = self._known.setdefault(piece, {})
        known: list[int] = []
        strange: list[int] = []
        for id, series in names.items():
            (known if id in of_piece and of_piece[id][0] == series else strange).append(id)
        yield from ((*of_piece[id][1], id) for id in known)
        first = min((names[id].newest or 0 for id in known), default=piece.stop)
        if first < piece.stop:
            yield from (row for row in read(known, first) if row[0] >= (names[row[-1]].newest or 0))
        if strange:
            yield from self._read(of_piece, names, read(strange, piece.start))

    def _read(self, of_piece: OfPiece, names: Mapping[int, Series], rows: Iterable[Any]) -> Iterator[Any]:
        over = defaultdict(list)
        for row in rows:
            if row[0] < (names[row[-1]].newest or 0):
                over[row[-1]].append(row)
            else:
                yield row
        for id, some in over.items():
            whole = merged(some[0][0], some)
            self._held += id not in of_piece
            of_piece[id] = (names[id], whole)
            yield (*whole, id)
        if self._held > _REMEMBERED:
            self._known.clear()
            self._held = 0
