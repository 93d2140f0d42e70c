"""The machine's own clock."""

from __future__ import annotations

import time


class SystemClock:
    """The clock of ``core/clock.py``, read from the operating system."""

    def now(self) -> int:
        """UTC microseconds since 1970."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds since the machine started, without the time it was suspended (on Linux)."""
        return time.monotonic()
