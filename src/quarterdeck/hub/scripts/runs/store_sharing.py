"""Tells a script's worker what the runs beside it have stored, so that the last writer of a key wins there, too.

The store on the board is right by itself: each run stores the keys that it changed.  But a worker keeps its copy from
run to run.  So the keys that were written while a run went on beside it are told to it afterwards, with their present
values; and again those that were written meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from quarterdeck.core.topics import join

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.core.begin import Said
    from quarterdeck.hub.scripts.needs import Board, Link

FIELD = "values"
_log = logging.getLogger(__name__)


class StoreSharing:
    """Of one script; ``link_of`` gives the connection to its worker, None if it is not there and so learns all anew."""

    def __init__(self, script: str, board: Board, link_of: Callable[[], Link | None]) -> None:
        self._script = script
        self._topic = join("script", script, "store")
        self._board = board
        self._link_of = link_of
        self._written: set[str] = set()
        self._unlisten: Callable[[], None] | None = None
        self._resting = False
        self._task: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """A run begins beside the worker."""
        self._resting = False
        if self._unlisten is None:
            self._unlisten = self._board.listen(self._topic, self._on_store)

    def tell(self) -> None:
        """A run beside the worker is over."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._tell(), name=f"store of {self._script}")

    def rest(self) -> None:
        """No run goes on beside the worker any more."""
        self._resting = True
        if self._task is None or self._task.done():
            self.stop()

    def stop(self) -> None:
        """Listen no more."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        self._written.clear()

    def _on_store(self, _topic: str, ops: Said, _name: str | None) -> None:
        for op in ops:
            if len(op) == 3 and op[1] == FIELD:
                self._written |= {op[2]} if op[0] == "drop" else set(op[2])

    async def _tell(self) -> None:
        while self._written and (link := self._link_of()) is not None:
            state = self._board.state(self._topic)
            now = state.values.get(FIELD, {}) if state is not None else {}
            told = {key: now.get(key) for key in self._written}
            self._written = set()
            try:
                await link.call("store", {FIELD: told})
            except Exception as error:  # the next worker learns all of it anew
                _log.info("the worker of script %s was not told what runs beside it stored: %s", self._script, error)
        if self._resting:
            self.stop()
