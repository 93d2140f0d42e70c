"""What is measured of requests and not yet told: cells by minute, counts by status.  Pure; durations in microseconds.

The counterpart of ``core.series`` for many values: one of them costs half a microsecond here.
"""

from __future__ import annotations

import math

from quarterdeck.core.series import GROWTH, add_cells
from quarterdeck.sdk.services.usual import Usual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.core.ops import Cell, Event

_PER_LOG = 1 / math.log(GROWTH)
QUANTUM = 1e-6
MINUTE_US = 60_000_000
FAILED = 500


class Minute:
    """The values of one minute: a cell that is still counted in."""

    __slots__ = ("at", "buckets", "high", "last", "low", "n", "total")

    def __init__(self) -> None:
        self.n = self.total = self.high = self.last = 0
        self.at = self.low = -1
        self.buckets: dict[int, int] = {}

    def add(self, at: int, taken: int) -> None:
        """One value; ``at`` is when it was measured (UTC microseconds)."""
        self.n += 1
        self.total += taken
        self.high = max(self.high, taken)
        if taken < self.low or self.low < 0:
            self.low = taken
        if at > self.at or (at == self.at and taken > self.last):
            self.at, self.last = at, taken
        bucket = 1 + int(math.log(taken) * _PER_LOG) if taken else 0
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1

    def cell(self) -> Cell:
        """As it travels."""
        buckets = {str(bucket): count for bucket, count in self.buckets.items()}
        return [self.n, self.total, self.low, self.high, [self.at, self.last], buckets]


class Measured:
    """Of one endpoint."""

    __slots__ = ("_errors", "_minutes", "_news", "_usual", "last", "status")

    def __init__(self) -> None:
        self._news = False
        self._usual = Usual()
        self._minutes: dict[int, Minute] = {}
        self._errors: dict[int, Minute] = {}
        self.status: dict[int, int] = {}
        self.last = 0

    def add(self, at: int, taken: int, status: int) -> None:
        """One request, answered at ``at`` (UTC microseconds)."""
        minute = at // MINUTE_US
        cell = self._minutes.get(minute)
        if cell is None:
            cell = self._minutes[minute] = Minute()
        cell.add(at, taken)
        self.status[status] = self.status.get(status, 0) + 1
        if status >= FAILED:
            self._errors.setdefault(minute, Minute()).add(at, taken)
        self.see(at)

    def see(self, at: int) -> None:
        """A request that is not counted: only when it was answered."""
        self._news = True
        self.last = max(self.last, at)

    def taken(self) -> Told:
        """What was measured since the last time, in plain values."""
        told = Told(_cells(self._minutes), _cells(self._errors), self.status, self.last)
        self._usual.add(*_sums(self._minutes))
        self._minutes, self._errors, self.status, self._news = {}, {}, {}, False
        return told

    def usual(self) -> float | None:
        """How long a request takes as a rule; None if there were too few.  May be asked from any thread."""
        return self._usual.average(*_sums(self._minutes))

    def __bool__(self) -> bool:
        return self._news


class Told:
    """Measurements in plain values; the sum of several is that of a service."""

    __slots__ = ("duration", "errors", "last", "status")

    def __init__(self, duration: dict[str, Cell], errors: dict[str, Cell], status: dict[int, int], last: int) -> None:
        self.duration = duration
        self.errors = errors
        self.status = status
        self.last = last

    def add(self, other: Told) -> None:
        """Add what was measured elsewhere, which stays as it is."""
        add_cells(self.duration, other.duration)
        add_cells(self.errors, other.errors)
        for status, count in other.status.items():
            self.status[status] = self.status.get(status, 0) + count
        self.last = max(self.last, other.last)

    def event(self) -> Event:
        """The operations that tell it."""
        ops: Event = []
        if self.duration:
            ops.append(["record", "duration", self.duration, QUANTUM])
        if self.errors:
            ops.append(["record", "errors", self.errors, QUANTUM])
        if self.status:
            ops.append(["add", "status", {str(status): count for status, count in self.status.items()}])
        ops.append(["set", "last", self.last])
        return ops


def _cells(minutes: dict[int, Minute]) -> dict[str, Cell]:
    return {str(minute): cell.cell() for minute, cell in minutes.items()}


def _sums(minutes: dict[int, Minute]) -> tuple[int, int]:
    cells = list(minutes.values())
    return sum(cell.n for cell in cells), sum(cell.total for cell in cells)
