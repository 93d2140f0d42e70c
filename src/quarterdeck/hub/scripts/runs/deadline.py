"""Ends a run that takes longer than its hook allows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quarterdeck.core.schedule import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

_MEND = "its traceback says where it was, unless it let nothing interrupt it; mend that, or raise timeout= of the hook"


class Deadline:
    """``end(run, reason, state, error, hint)`` is called when the time of the one run is over.

    The time is that of the machine's monotonic clock: one that sleeps does not use up a run's time.
    """

    def __init__(self, end: Callable[[str, str, str, str, str], None]) -> None:
        self._end = end
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def set(self, run: str, timeout: int, taken: int = 0) -> None:
        """This run may take ``timeout`` microseconds in all, of which ``taken`` are over."""
        seconds = timeout / SECOND
        left = max(0.0, (timeout - taken) / SECOND)
        reason = f"timed out after {seconds:g} s"
        self._timers[run] = asyncio.get_running_loop().call_later(left, self._over, run, reason)

    def clear(self, run: str) -> None:
        """The run has ended."""
        timer = self._timers.pop(run, None)
        if timer is not None:
            timer.cancel()

    def _over(self, run: str, reason: str) -> None:
        self._timers.pop(run, None)
        self._end(run, reason, "failed", "TimedOut", _MEND)
