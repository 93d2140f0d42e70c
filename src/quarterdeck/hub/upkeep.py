"""What need not be kept any longer goes: of the store once an hour, a little at a time, so that no commit waits for it;
of the blobs once a minute.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.accounts.accounts import Accounts
    from quarterdeck.hub.blobs import Blobs
    from quarterdeck.hub.commits import Commits
    from quarterdeck.store.contract import Store

FIRST, EVERY = 60.0, 3600.0  # seconds
_BETWEEN = 0.05
_log = logging.getLogger(__name__)


class Upkeep:
    """Belongs to the event loop; the work is done in the writer's thread, between two commits."""

    def __init__(
        self,
        store: Store,
        commits: Commits,
        clock: Clock,
        accounts: Accounts | None = None,
        blobs: Blobs | None = None,
    ) -> None:
        self._blobs = blobs
        self._accounts = accounts
        self._store = store
        self._commits = commits
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, a minute from now."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._keep(), name="upkeep"), loop.create_task(self._tidy(), name="blobs")]

    def stop(self) -> None:
        """End; what was not done is done after the next start."""
        for task in self._tasks:
            task.cancel()

    async def expire(self) -> int:
        """Remove all that is too old; returns how many rows went."""
        gone = 0
        while step := await self._commits.run(lambda: self._store.expire(self._clock.now())):
            gone += int(step)
            await asyncio.sleep(_BETWEEN)
        return gone

    async def _tidy(self) -> None:
        while self._blobs is not None:
            await asyncio.sleep(FIRST)
            try:
                await asyncio.to_thread(self._blobs.tidy)
            except (QuarterdeckError, OSError) as error:
                _log.warning("blobs that nobody needs stay for now: %s", error)

    async def _keep(self) -> None:
        pause = FIRST
        while True:
            await asyncio.sleep(pause)
            pause = EVERY
            try:
                await self.expire()
                if self._accounts is not None:
                    await self._accounts.sessions.end_old()
            except QuarterdeckError as error:
                _log.warning("old data stays for now: %s", error)
