"""A clock that stands still until it is told to move, so that a year of schedules is a test of milliseconds."""

from __future__ import annotations


class FakeClock:
    """Fits ``core/clock.py``.  ``advance`` lets time pass; ``suspend`` and ``set`` move the clock on the wall alone."""

    def __init__(self, now: int = 1_800_000_000_000_000) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> int:
        """UTC microseconds since 1970."""
        return self._now

    def monotonic(self) -> float:
        """Seconds; moved by ``advance`` only."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass."""
        if seconds < 0:
            raise ValueError("time does not run backwards; use set() for a clock that somebody turned back")
        self._now += round(seconds * 1_000_000)
        self._monotonic += seconds

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: the wall's clock goes on, the monotonic one stands still."""
        self._now += round(seconds * 1_000_000)

    def set(self, now: int) -> None:
        """Somebody sets the clock on the wall, forward or back."""
        self._now = now
