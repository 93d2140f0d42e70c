"""What is measured of requests and not yet told: cells by minute, counts by status.  Pure; durations in microseconds.

The counterpart of ``core.series`` for many values: one of them costs half a microsecond here.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import compress

from quarterdeck.core.series import GROWTH, add_cells
from quarterdeck.sdk.services.usual import Usual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.core.ops import Cell, Event

_PER_LOG = 1 / math.log(GROWTH)
QUANTUM = 1e-6
MINUTE_NS = 60_000_000_000
REFUSED = 400
FAILED = 500
_SMALL = 5_000
_MOST_MINUTES = 120
"""Where nothing can be told for longer, all that comes counts for the last one."""


class _Buckets(dict[int, int]):
    """The bucket of each value; those of small ones are worked out once."""

    def __missing__(self, taken: int) -> int:
        bucket = 1 + int(math.log(taken) * _PER_LOG) if taken else 0
        if taken < _SMALL:
            self[taken] = bucket
        return bucket


_bucket_of = _Buckets().__getitem__


class Minute:
    """The values of one minute: a cell that is still counted in."""

    __slots__ = ("at", "buckets", "high", "last", "low", "n", "total")

    def __init__(self) -> None:
        self.n = self.total = self.high = self.last = 0
        self.at = self.low = -1
        self.buckets: Counter[int] = Counter()

    def add_many(self, takens: Sequence[int], at: int, last: int) -> None:
        """Values, and which of them was measured ``last``, when (UTC microseconds)."""
        self.n += len(takens)
        self.total += sum(takens)
        self.high = max(self.high, *takens)
        low = min(takens)
        if low < self.low or self.low < 0:
            self.low = low
        self.at, self.last = max((self.at, self.last), (at, last))
        self.buckets.update(map(_bucket_of, takens))

    def cell(self) -> Cell:
        """As it travels."""
        buckets = {str(bucket): count for bucket, count in self.buckets.items()}
        return [self.n, self.total, self.low, self.high, [self.at, self.last], buckets]


class Measured:
    """Of one endpoint."""

    __slots__ = ("_errors", "_minutes", "_news", "_refused", "_usual", "last", "status")

    def __init__(self) -> None:
        self._news = False
        self._usual = Usual()
        self._minutes: dict[int, Minute] = {}
        self._refused: dict[int, Minute] = {}
        self._errors: dict[int, Minute] = {}
        self.status: Counter[int] = Counter()
        self.last = 0

    def add_many(self, ats: Sequence[int], takens: Sequence[int], statuses: Sequence[int], zero: int) -> None:
        """Requests, at least one, by column; all is counted at C's pace, as there may be thousands.

        They were answered at ``ats``, by nanoseconds of a clock that was 0 at ``zero`` (UTC nanoseconds).
        """
        _add(self._minutes, ats, takens, zero)
        self.status.update(statuses)
        if max(statuses) >= REFUSED:
            _add_some(self._refused, [REFUSED <= status < FAILED for status in statuses], ats, takens, zero)
            _add_some(self._errors, [status >= FAILED for status in statuses], ats, takens, zero)
        self.see((max(ats) + zero) // 1000)

    def see(self, at: int) -> None:
        """The last request was answered then (UTC microseconds); it is not counted here."""
        self._news = True
        self.last = max(self.last, at)

    def taken(self) -> Told:
        """What was measured since the last time, in plain values."""
        told = Told(_cells(self._minutes), _cells(self._refused), _cells(self._errors), self.status, self.last)
        self._usual.add(*_sums(self._minutes))
        self._minutes, self._refused, self._errors, self.status, self._news = {}, {}, {}, Counter(), False
        return told

    def usual(self) -> float | None:
        """How long a request takes as a rule; None if there were too few.  May be asked from any thread."""
        return self._usual.average(*_sums(self._minutes))

    def __bool__(self) -> bool:
        return self._news


class Told:
    """Measurements in plain values; the sum of several is that of a service."""

    __slots__ = ("duration", "errors", "last", "refused", "status")

    def __init__(
        self,
        duration: dict[str, Cell],
        refused: dict[str, Cell],
        errors: dict[str, Cell],
        status: dict[int, int],
        last: int,
    ) -> None:
        self.duration = duration
        self.refused = refused
        self.errors = errors
        self.status = status
        self.last = last

    def add(self, other: Told) -> None:
        """Add what was measured elsewhere, which stays as it is."""
        add_cells(self.duration, other.duration)
        add_cells(self.refused, other.refused)
        add_cells(self.errors, other.errors)
        for status, count in other.status.items():
            self.status[status] = self.status.get(status, 0) + count
        self.last = max(self.last, other.last)

    def event(self) -> Event:
        """The operations that tell it."""
        ops: Event = []
        if self.duration:
            ops.append(["record", "duration", self.duration, QUANTUM])
        if self.refused:
            ops.append(["record", "refused", self.refused, QUANTUM])
        if self.errors:
            ops.append(["record", "errors", self.errors, QUANTUM])
        if self.status:
            ops.append(["add", "status", {str(status): count for status, count in self.status.items()}])
        ops.append(["set", "last", self.last])
        return ops


def _add(minutes: dict[int, Minute], ats: Sequence[int], takens: Sequence[int], zero: int) -> None:
    """Add values to their minutes."""
    latest = max(ats)
    minute = (latest + zero) // MINUTE_NS
    if (min(ats) + zero) // MINUTE_NS == minute:
        _minute(minutes, minute).add_many(takens, (latest + zero) // 1000, takens[ats.index(latest)])
        return
    of = [(at + zero) // MINUTE_NS for at in ats]
    for each in set(of):
        _add_some(minutes, [minute == each for minute in of], ats, takens, zero)


def _add_some(
    minutes: dict[int, Minute], which: Sequence[bool], ats: Sequence[int], takens: Sequence[int], zero: int
) -> None:
    """Add those values, if there are any."""
    if any(which):
        _add(minutes, list(compress(ats, which)), list(compress(takens, which)), zero)


def _minute(minutes: dict[int, Minute], minute: int) -> Minute:
    found = minutes.get(minute)
    if found is None and len(minutes) >= _MOST_MINUTES:
        found = minutes[max(minutes)]
    if found is None:
        found = minutes[minute] = Minute()
    return found


def _cells(minutes: dict[int, Minute]) -> dict[str, Cell]:
    return {str(minute): cell.cell() for minute, cell in minutes.items()}


def _sums(minutes: dict[int, Minute]) -> tuple[int, int]:
    cells = list(minutes.values())
    return sum(cell.n for cell in cells), sum(cell.total for cell in cells)
