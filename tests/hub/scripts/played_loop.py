"""An event loop whose time is played: instead of waiting it moves the clock on."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

from quarterdeck.testing.clock import FakeClock


class PlayedSelector(selectors.DefaultSelector):
    """Instead of waiting for time to pass, moves the clock on."""

    clock: FakeClock

    def select(self, timeout: float | None = None) -> Any:
        if timeout == 0:
            return []  # there is something to call: what comes from outside is seen behind it
        events = super().select(0)
        if not events and timeout:
            self.clock.advance(timeout)
        return events


class PlayedLoop(asyncio.SelectorEventLoop):
    def __init__(self, clock: FakeClock) -> None:
        selector = PlayedSelector()
        selector.clock = clock
        super().__init__(selector)
        self._clock = clock

    def time(self) -> float:
        return self._clock.monotonic()

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Without the timeout that Python 3.12 has here: played time is over before a real thread can end."""
        if self._default_executor is not None:
            self._default_executor.shutdown(wait=True)
