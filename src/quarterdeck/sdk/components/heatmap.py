"""Heatmap: rows of numbers, shown by colour."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import field, shown, title_of
from quarterdeck.sdk.components.row import plain_row
from quarterdeck.sdk.components.rows import Rows, cells_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

MOST_COLUMNS = 1_000


def _columns(names: Iterable[Any] | None) -> list[Any] | None:
    if isinstance(names, str):
        raise TypeError(f"columns is the text {names!r}; give a list of names, one a column")
    made = None if names is None else plain_row(names)
    if made is not None and len(made) > MOST_COLUMNS:
        raise ValueError(f"columns has {len(made):,} names; the most is {MOST_COLUMNS:,}")
    return made


class Heatmap(Rows):
    """Rows of numbers by colour, in seven steps from the least to the greatest; the newest row is at the bottom.

    ``columns`` are the names of the columns (None: they have none), ``unit`` stands behind a value, ``description``
    (None: made from the id) above all.  The newest ``max_rows`` (0: 10,000) are kept.  ``rows`` reads back a copy,
    from the top down, each ``[label, value, value, ...]``; assign such rows to replace them all.
    """

    columns: list[Any] | None = field(_columns)
    unit: str | None = field()
    description: str | None = field(title_of)

    def __init__(
        self,
        id: str,
        columns: list[str] | None = None,
        max_rows: int = 0,
        unit: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(id, max_rows)
        self.columns = columns
        self.unit = unit
        self.description = description

    def add_row(self, label: Any, values: Iterable[Any]) -> None:
        """Add a row of numbers (None: not known) below the others; beyond ``max_rows`` the topmost goes."""
        self._add(self._row(label, values))

    @property
    def rows(self) -> list[list[Any]]:
        """A copy of the rows, from the top down."""
        return shown([list(row) for row in list(self._rows)])

    @rows.setter
    def rows(self, rows: Iterable[Iterable[Any]]) -> None:
        cells = [cells_of(row) for row in rows]
        self._replace([self._row(row[0], row[1:]) for row in cells if row])

    def _row(self, label: Any, values: Iterable[Any]) -> list[Any]:
        row = [plain(label), *cells_of(values)]
        wide = len(row) - 1
        names = self._fields["columns"]
        if wide > (MOST_COLUMNS if names is None else len(names)):
            most = f"{len(names)} columns" if names is not None else f"at most {MOST_COLUMNS:,} columns"
            raise ValueError(f"{self!r} has {most} and got {wide} values; assign columns first")
        if names is not None:
            row += [None] * (len(names) - wide)
        return row
