"""What telling the time means here.  Pure code is handed a time; whoever does I/O is handed a clock."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Two clocks in one: the one on the wall, which people may set, and one that only ever runs forward."""

    def now(self) -> int:
        """UTC microseconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never jumps, and stands still while the machine is suspended."""
        ...
