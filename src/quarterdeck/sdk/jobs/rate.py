"""How fast a job goes lately: a mean that forgets, so that neither one slow step nor a slow start rules it."""

from __future__ import annotations

import math

MEMORY = 10.0
"""Seconds after which a measurement weighs a third (1/e) of a new one."""
_SECOND = 1_000_000


class Rate:
    """Fed with (time in microseconds, done); exact from the first two on, as the missing past is corrected for."""

    __slots__ = ("_done", "_mean", "_time", "_weight")

    def __init__(self) -> None:
        self._time: int | None = None
        self._done = 0.0
        self._mean = 0.0
        self._weight = 0.0

    def at(self, now: int, done: float) -> float | None:
        """The rate, in units a second; None before there are two times to compare."""
        if self._time is None or done < self._done:
            self._time, self._done, self._mean, self._weight = now, done, 0.0, 0.0
            return None
        seconds = (now - self._time) / _SECOND
        if seconds > 0:
            kept = math.exp(-seconds / MEMORY)
            self._mean = kept * self._mean + (1 - kept) * (done - self._done) / seconds
            self._weight = kept * self._weight + (1 - kept)
            self._time, self._done = now, done
        return float(f"{self._mean / self._weight:.4g}") if self._weight else None
