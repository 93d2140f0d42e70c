"""Tasks in the background: kept for as long as they run, and what goes wrong in one is told."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any

    Work = Coroutine[Any, Any, None]

_log = logging.getLogger(__name__)


class Tasks:
    """``failed`` is told of what went wrong in one; if nobody else is, the log is."""

    def __init__(self, name: str, failed: Callable[[BaseException], None] | None = None) -> None:
        self._name = name
        self._failed = failed or self._log
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Work) -> asyncio.Task[None]:
        """Run this in the background."""
        task = asyncio.get_running_loop().create_task(work, name=self._name)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """End them all."""
        for task in self:
            task.cancel()

    def __iter__(self) -> Iterator[asyncio.Task[None]]:
        """Those that run."""
        return iter(list(self._running))

    def __len__(self) -> int:
        return len(self._running)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)

    def _log(self, error: BaseException) -> None:
        _log.error("%s: %s", self._name, error, exc_info=error)


def regularly(seconds: float, look: Callable[[], None], name: str) -> Callable[[], object]:
    """Call ``look`` every so many seconds, from then on; the result ends that."""

    async def look_on() -> None:
        while True:
            await asyncio.sleep(seconds)
            look()

    return asyncio.get_running_loop().create_task(look_on(), name=name).cancel
