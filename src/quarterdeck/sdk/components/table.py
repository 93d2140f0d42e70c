"""Table: rows of cells, the newest on top."""

from __future__ import annotations

from quarterdeck.sdk.components.component import field, shown
from quarterdeck.sdk.components.row import plain_row
from quarterdeck.sdk.components.rows import Rows, cells_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def _headers(names: Iterable[Any] | None) -> list[Any] | None:
    if isinstance(names, str):
        raise TypeError(f"headers is the text {names!r}; give a list of texts, one a column")
    return None if names is None else plain_row(names)


class Table(Rows):
    """A table that shows its newest row first and keeps the newest ``max_rows`` (0: 10,000).

    ``headers`` is a list of texts or None.  ``rows`` reads back a copy, newest first, as the page shows it; assign
    ``rows`` (newest first too) to replace them all.  The topic's state holds them oldest first.
    """

    headers: list[Any] | None = field(_headers)

    def __init__(
        self,
        id: str,
        rows: list[list[Any]] | None = None,
        headers: list[str] | None = None,
        max_rows: int = 0,
    ) -> None:
        super().__init__(id, max_rows)
        self.headers = headers
        if rows is not None:
            self.rows = rows

    def add_row(self, row: Iterable[Any]) -> None:
        """Show ``row``, a list of cells, above the others; beyond ``max_rows`` the oldest goes."""
        self._add(cells_of(row))

    @property
    def rows(self) -> list[list[Any]]:
        """A copy of the rows, newest first."""
        return shown([list(row) for row in reversed(list(self._rows))])

    @rows.setter
    def rows(self, rows: Iterable[Iterable[Any]]) -> None:
        self._replace([cells_of(row) for row in rows][::-1])
