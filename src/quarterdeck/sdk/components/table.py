"""Table: rows of cells, the newest on top."""

from __future__ import annotations

from collections import deque

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import Component, cap_of, field, shown
from quarterdeck.sdk.components.row import plain_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from quarterdeck.sdk.components.component import Op, Sink


def _headers(names: Iterable[Any] | None) -> list[Any] | None:
    if isinstance(names, str):
        raise TypeError(f"headers is the text {names!r}; give a list of texts, one a column")
    return None if names is None else plain_row(names)


class Table(Component):
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
        super().__init__(id)
        self._rows: deque[list[Any]] = deque(maxlen=cap_of(max_rows, "max_rows"))
        self._push: Callable[[Any], None] | None = None
        self._fields["max_rows"] = max_rows or 0
        self.headers = headers
        if rows is not None:
            self.rows = rows

    def add_row(self, row: Iterable[Any]) -> None:
        """Show ``row``, a list of cells, above the others; beyond ``max_rows`` the oldest goes."""
        cells = _cells(row)
        self._rows.append(cells)
        if self._push is not None:
            self._push(cells)

    @property
    def rows(self) -> list[list[Any]]:
        """A copy of the rows, newest first."""
        return shown([list(row) for row in reversed(list(self._rows))])

    @rows.setter
    def rows(self, rows: Iterable[Iterable[Any]]) -> None:
        made = [_cells(row) for row in rows][::-1]
        with self._lock:
            self._rows = deque(made, self._rows.maxlen)
            self._send(self._refill())

    @property
    def max_rows(self) -> int:
        """How many rows are kept, exactly; 0 means 10,000."""
        kept: int = self._fields["max_rows"]
        return kept

    @max_rows.setter
    def max_rows(self, most: int) -> None:
        cap = cap_of(most, "max_rows")
        with self._lock:
            self._fields["max_rows"] = most or 0
            self._rows = deque(self._rows, cap)
            self._push = self._pusher("rows", cap)
            self._send([["set", "max_rows", most or 0], ["push", "rows", [], cap]])

    def bind(self, sink: Sink | None) -> None:
        super().bind(sink)
        self._push = self._pusher("rows", cap_of(self.max_rows, "max_rows"))

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._rows = deque(state.get("rows", ()), cap_of(self.max_rows, "max_rows"))

    def _collections(self) -> dict[str, Any]:
        return {"rows": [list(row) for row in self._rows]}

    def _refill(self) -> list[Op]:
        return [["drop", "rows"], ["push", "rows", list(self._rows), self._rows.maxlen]]


def _cells(row: Iterable[Any]) -> list[Any]:
    if isinstance(row, (str, bytes, dict)) or not hasattr(row, "__iter__"):
        raise TypeError(f"a row is a list of cells, this one is {plain(row)!r}; write add_row([{plain(row)!r}])")
    return plain_row(row)
