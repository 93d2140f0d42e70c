"""An event loop whose time is played: instead of waiting it moves the clock on."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
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

    def run_in_executor(self, _executor: Any, work: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """At once and in this thread: a real one would race with played time."""
        done = self.create_future()
        try:
            done.set_result(work(*args))
        except Exception as error:
            done.set_exception(error)
        return done
