"""What is measured of requests and not yet told: cells by minute, counts by status.  Pure; durations in microseconds.

The counterpart of ``core.series`` for many values: one of them costs half a microsecond here.
"""

from __future__ import annotations

import math
from collections import Counter

from quarterdeck.core.series import GROWTH, add_cells
from quarterdeck.sdk.services.usual import Usual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.core.ops import Cell, Event

    Seen = tuple[int, int, int, str | None, str | None]
    """A request: when it was answered (UTC microseconds), microseconds taken, status, from where, and who asked."""

_PER_LOG = 1 / math.log(GROWTH)
QUANTUM = 1e-6
MINUTE_US = 60_000_000
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
        self.buckets: dict[int, int] = {}

    def add_many(self, ats: Sequence[int], takens: Sequence[int]) -> None:
        """Values, and when they were measured (UTC microseconds)."""
        self.n += len(takens)
        self.total += sum(takens)
        self.high = max(self.high, *takens)
        low = min(takens)
        if low < self.low or self.low < 0:
            self.low = low
        self.at, self.last = max((self.at, self.last), *zip(ats, takens, strict=True))
        buckets = self.buckets
        for bucket, count in Counter(map(_bucket_of, takens)).items():
            buckets[bucket] = buckets.get(bucket, 0) + count

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
        self.status: dict[int, int] = {}
        self.last = 0

    def add_many(self, seen: Sequence[Seen]) -> None:
        """Requests, at least one; all is counted at C's pace, as there may be thousands."""
        ats, takens, statuses, _, _ = zip(*seen, strict=True)
        _add(self._minutes, ats, takens)
        status = self.status
        for code, count in Counter(statuses).items():
            status[code] = status.get(code, 0) + count
        if max(statuses) >= REFUSED:
            _add_some(self._refused, [each for each in seen if REFUSED <= each[2] < FAILED])
            _add_some(self._errors, [each for each in seen if each[2] >= FAILED])
        self.see(max(ats))

    def see(self, at: int) -> None:
        """A request that is not counted: only when it was answered."""
        self._news = True
        self.last = max(self.last, at)

    def taken(self) -> Told:
        """What was measured since the last time, in plain values."""
        told = Told(_cells(self._minutes), _cells(self._refused), _cells(self._errors), self.status, self.last)
        self._usual.add(*_sums(self._minutes))
        self._minutes, self._refused, self._errors, self.status, self._news = {}, {}, {}, {}, False
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


def _add(minutes: dict[int, Minute], ats: Sequence[int], takens: Sequence[int]) -> None:
    """Add values to their minutes."""
    minute = max(ats) // MINUTE_US
    if min(ats) // MINUTE_US == minute:
        _minute(minutes, minute).add_many(ats, takens)
        return
    for each in {at // MINUTE_US for at in ats}:
        pairs = [pair for pair in zip(ats, takens, strict=True) if pair[0] // MINUTE_US == each]
        _minute(minutes, each).add_many([at for at, _ in pairs], [taken for _, taken in pairs])


def _add_some(minutes: dict[int, Minute], seen: Sequence[Seen]) -> None:
    """Add the durations of requests, if there are any."""
    if seen:
        _add(minutes, [each[0] for each in seen], [each[1] for each in seen])


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
