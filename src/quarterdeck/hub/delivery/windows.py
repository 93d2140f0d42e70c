"""Snapshots with the latest cells of a topic's series, exact at their border although cells live in the store."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import SERIES
from quarterdeck.core.series import apply_cells
from quarterdeck.hub.delivery.patches import encode, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from quarterdeck.hub.commits import Commits
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.store.contract import Store

Cells = dict[str, dict[str, Any]]
_MINUTE = 60_000_000
_END = 2**40


class Windows:
    """Reads cells in the writer's thread, between two commits: what was handed over before is in the store then, and
    what was not is remembered here, so that nothing is missed and nothing counted twice."""

    def __init__(self, board: Board, store: Store, commits: Commits, now: Callable[[], int]) -> None:
        self._board = board
        self._store = store
        self._commits = commits
        self._now = now

    def begin(self, topic: str, minutes: int) -> Coroutine[Any, Any, str]:
        """The snapshot as of this call, with the cells of the last ``minutes``; it is there when awaited."""
        state = self._board.state(topic)
        seq, epoch = self._board.seq, self._board.epoch
        fields = [field for field, known in state.types.items() if known[0] == SERIES] if state else []
        waiting = deepcopy(self._commits.waiting(topic))
        start = self._now() // _MINUTE - minutes + 1
        # The state is read now; its text ends with the place of the cells.
        text = snapshot_of(topic, state, seq, epoch, {} if state else None)
        reading = self._commits.run(lambda: self._read(topic, fields, start))

        async def finish() -> str:
            series = await reading
            apply_cells(series, waiting)
            return f"{text[:-3]}{encode(_from(start, series))}}}" if state else text

        return finish()

    def _read(self, topic: str, fields: list[str], start: int) -> Cells:
        found = {field: self._store.cells(topic, field, "minute", start, _END) for field in fields}
        return {field: {str(minute): cell for minute, cell in cells.items()} for field, cells in found.items()}


def _from(start: int, series: Cells) -> Cells:
    return {field: {at: cell for at, cell in cells.items() if int(at) >= start} for field, cells in series.items()}
