"""What components of rows share: how many are kept, and the way of each new one to the page."""

from __future__ import annotations

from collections import deque

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import Component, cap_of
from quarterdeck.sdk.components.row import plain_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from quarterdeck.sdk.components.component import Op, Sink


class Rows(Component):
    """The base of Table and Heatmap: the newest ``max_rows`` rows (0: 10,000), each a list of plain cells."""

    def __init__(self, id: str, max_rows: int = 0) -> None:
        super().__init__(id)
        self._rows: deque[list[Any]] = deque(maxlen=cap_of(max_rows, "max_rows"))
        self._push: Callable[[Any], None] | None = None
        self._fields["max_rows"] = max_rows or 0

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

    def _add(self, cells: list[Any]) -> None:
        self._rows.append(cells)
        if self._push is not None:
            self._push(cells)

    def _replace(self, rows: list[list[Any]]) -> None:
        with self._lock:
            self._rows = deque(rows, self._rows.maxlen)
            self._send(self._refill())

    def _collections(self) -> dict[str, Any]:
        return {"rows": [list(row) for row in self._rows]}

    def _refill(self) -> list[Op]:
        return [["drop", "rows"], ["push", "rows", list(self._rows), self._rows.maxlen]]


def cells_of(row: Iterable[Any]) -> list[Any]:
    """The cells of a row made plain; TypeError for what is no list."""
    if isinstance(row, (str, bytes, dict)) or not hasattr(row, "__iter__"):
        raise TypeError(f"a row is a list of cells, this one is {plain(row)!r}; write add_row([{plain(row)!r}])")
    return plain_row(row)
