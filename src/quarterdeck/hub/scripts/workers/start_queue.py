"""How many workers start at the same time: a deck of a hundred scripts must not bring its machine to its knees."""

from __future__ import annotations

import asyncio
import os

AT_ONCE = max(4, 2 * (os.cpu_count() or 1))
PATIENCE = 3.0


class StartQueue:
    """``enter`` waits for a turn, ``leave`` gives it back; one that takes long gives it back after ``PATIENCE`` s."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._inside: dict[object, asyncio.TimerHandle] = {}

    async def enter(self, who: object) -> None:
        """Returns when ``who`` may start."""
        await self._free.acquire()
        # A script that hangs while it loads must not keep all others from starting.
        self._inside[who] = asyncio.get_running_loop().call_later(PATIENCE, self.leave, who)

    def leave(self, who: object) -> None:
        """``who`` has started, or has given up; nothing if it is not inside."""
        timer = self._inside.pop(who, None)
        if timer is not None:
            timer.cancel()
            self._free.release()
