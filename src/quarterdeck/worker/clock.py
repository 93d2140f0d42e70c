"""The machine's own clock, as ``core/clock.py`` describes clocks."""

from __future__ import annotations

import time


class SystemClock:
    """Read from the operating system."""

    def now(self) -> int:
        """UTC microseconds since 1970."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()
