"""Cells as rows: whole numbers in columns, buckets packed.

Packed buckets are a byte, their form, and little-endian numbers.  The form's last two bits say how wide a count is: 1,
2, 4 or 8 bytes.  Without the bit ``_RUN`` all buckets follow (2 bytes each, signed), then their counts; with it only
the first bucket, then the counts of it and of each one after it, zeros included: whatever is shorter.  The JSON of
``{bucket: count}`` stands for what does not fit, a count of 2**53 or a bucket that no value has, and in minutes that
still change: it is written faster.
"""

from __future__ import annotations

import sys
from array import array
from struct import Struct
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import TWO_53
from quarterdeck.core.series import MINUTE_US, sum_cells
from quarterdeck.core.sums import FURTHEST, Histogram, Sum, added, filled
from quarterdeck.store.jsontext import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quarterdeck.core.ops import Cell

    Whole = int | str
    Packed = bytes | str
    # start, n, total, low, high, microseconds from start to the last value, last, packed buckets
    Row = tuple[int, Whole, Whole, Whole, Whole, int, Whole, Packed]

COLUMNS = "start, n, total, low, high, at, last, buckets"
_COUNTS = "BHIQ"
_RUN = 4
_RUNS = range(_RUN, _RUN + len(_COUNTS) - 1)
_TOGETHER = 256
"""So many counts of one byte, and more of wider ones, have a sum that is at most twice as wide."""
_MASKS = [int.from_bytes((b"\xff" * width + bytes(width)) * (FURTHEST + 1), "little") for width in (1, 2, 4)]
_SWAPPED = sys.byteorder == "big"
_first = Struct("<xh").unpack_from


def row_of(start: int, cell: Cell) -> Row:
    """The row of a cell that begins in the minute ``start``."""
    n, total, low, high, last, buckets = cell
    return (start, n, total, low, high, last[0] - start * MINUTE_US, last[1], pack(buckets))


def loose_row(start: int, cell: Cell) -> Row:
    """The same for a cell that still changes."""
    n, total, low, high, last, buckets = cell
    return (start, n, total, low, high, last[0] - start * MINUTE_US, last[1], encode(buckets))


def packed_row(row: Sequence[Any]) -> Any:
    """The row with its buckets packed, if they are not; what stands behind them stays."""
    packed = row[7] if isinstance(row[7], bytes) else pack(decode(row[7]))
    return (*row[:7], packed, *row[8:])


def cell_of(row: Sequence[Any]) -> Cell:
    """The cell of a row, which the caller may change."""
    start, n, total, low, high, at, last, packed = row
    return [n, total, low, high, [start * MINUTE_US + at, last], unpack(packed)]


def sum_of(rows: Sequence[Any]) -> Sum:
    """What rows come to, whatever else stands behind them."""
    if len(rows) == 1:
        start, n, total, low, high, at, last, packed, *_ = rows[0]
        time = start * MINUTE_US + at
        of_one = _unpack_run(packed) if type(packed) is bytes and packed[0] & _RUN else histogram_of((packed,))
        return Sum(start, int(n), int(total), int(low), int(high), time, int(last), of_one)
    starts, ns, totals, lows, highs, ats, lasts, all_packed, *_ = zip(*rows, strict=True)
    at, last = max(zip(map(_time, starts, ats), map(int, lasts), strict=True))
    low, high = min(map(int, lows)), max(map(int, highs))
    return Sum(min(starts), sum(map(int, ns)), sum(map(int, totals)), low, high, at, last, histogram_of(all_packed))


def merged(start: int, rows: Sequence[Any]) -> Row:
    """One row, for a cell that begins in the minute ``start``, of several; what else stands behind them is left out."""
    if len(rows) == 1 and rows[0][0] == start:
        only: Row = rows[0][:8]
        return only
    whole = sum_of(rows)
    if whole.n >= TWO_53 or max(abs(whole.total), abs(whole.low), abs(whole.high)) >= TWO_53 or _is_odd(rows):
        cell = sum_cells(cell_of(row[:8]) for row in rows)
        assert cell is not None
        return row_of(start, cell)
    packed = _shortest(whole.histogram)
    return (start, whole.n, whole.total, whole.low, whole.high, whole.at - start * MINUTE_US, whole.last, packed)


def _is_odd(rows: Iterable[Any]) -> bool:
    return any(type(row[7]) is str for row in rows)


def _time(start: int, at: int) -> int:
    return start * MINUTE_US + at


def pack(buckets: dict[str, Whole]) -> Packed:
    """Counts by bucket, as they stand in a cell."""
    counts = {int(bucket): int(count) for bucket, count in buckets.items()}
    if min(counts) < -FURTHEST or max(counts) > FURTHEST or max(counts.values()) >= TWO_53:
        return encode(buckets)
    form = _form(max(counts.values()))
    if not _is_run_shorter(form, len(counts), max(counts) - min(counts) + 1):
        return _loose(form, counts)
    return _run(form, filled(counts))


def _shortest(histogram: Histogram) -> Packed:
    first, counts = histogram
    form = _form(max(counts))
    if _is_run_shorter(form, len(counts) - counts.count(0), len(counts)):
        return _run(form, histogram)
    return _loose(form, {bucket: count for bucket, count in enumerate(counts, first) if count})


def _loose(form: int, counts: dict[int, int]) -> bytes:
    return b"%c%b%b" % (form, _bytes("h", list(counts)), _bytes(_COUNTS[form], list(counts.values())))


def _is_run_shorter(form: int, buckets: int, size: int) -> bool:
    return size << form <= buckets * (2 + (1 << form))


def _run(form: int, histogram: Histogram) -> bytes:
    return b"%c%b%b" % (form | _RUN, _bytes("h", [histogram.first]), _bytes(_COUNTS[form], histogram.counts))


def _form(most: int) -> int:
    return 0 if most < 256 else 1 if most < 65_536 else 2 if most >> 32 == 0 else 3


def unpack(packed: Packed) -> dict[str, Whole]:
    """Counts by bucket, as they stand in a cell."""
    if isinstance(packed, str):
        found: dict[str, Whole] = decode(packed)
        return found
    if packed[0] & _RUN:
        first, counts = _unpack_run(packed)
        return {str(bucket): count for bucket, count in enumerate(counts, first) if count}
    return {str(bucket): count for bucket, count in zip(*_unpack_loose(packed), strict=True)}


def histogram_of(packed: Sequence[Packed]) -> Histogram:
    """Everything of several in one."""
    forms = {each[0] for each in packed}
    if len(forms) == 1 and len(packed) <= _TOGETHER and not forms.isdisjoint(_RUNS):
        return _added(forms.pop() & 3, packed)  # type: ignore[operator, arg-type]
    found: list[Histogram] = []
    loose: dict[int, int] = {}
    runs: tuple[list[bytes], ...] = ([], [], [], [])
    for each in packed:
        if isinstance(each, str):
            found.append(filled({int(bucket): int(count) for bucket, count in decode(each).items()}))
        elif each[0] & _RUN:
            runs[each[0] & 3].append(each)
        else:
            for bucket, count in zip(*_unpack_loose(each), strict=True):
                loose[bucket] = loose.get(bucket, 0) + count
    for form, of_form in enumerate(runs):
        found += [_added(form, of_form[first : first + _TOGETHER]) for first in range(0, len(of_form), _TOGETHER)]
    if loose:
        found.append(filled(loose))
    return added(found)


def _added(form: int, runs: Sequence[bytes]) -> Histogram:
    """Runs of one form in one: as whole numbers are added, whose digits are counts, which is at C's pace.

    Every other count stands in a number of its own, and has the room of two.
    """
    if len(runs) == 1 or form == len(_COUNTS) - 1:
        return added([_unpack_run(run) for run in runs])
    width, mask = 1 << form, _MASKS[form]
    firsts = [_first(run)[0] for run in runs]
    first, even, odd = min(firsts), 0, 0
    for start, run in zip(firsts, runs, strict=True):
        whole = int.from_bytes(run[3:], "little") << (8 * width * (start - first))
        even += whole & mask
        odd += whole >> (8 * width) & mask
    size = max([start + (len(run) - 3 >> form) for start, run in zip(firsts, runs, strict=True)]) - first
    counts = array(_COUNTS[form + 1], bytes(2 * width * size))
    counts[::2] = _numbers(counts.typecode, even.to_bytes(2 * width * (size - size // 2), "little"))
    counts[1::2] = _numbers(counts.typecode, odd.to_bytes(2 * width * (size // 2), "little"))
    return Histogram(first, counts)


def _unpack_run(packed: bytes) -> Histogram:
    form = packed[0] & 3
    first = int.from_bytes(packed[1:3], "little", signed=True)
    return Histogram(first, packed[3:] if form == 0 else _numbers(_COUNTS[form], packed[3:]))


def _unpack_loose(packed: bytes) -> tuple[Sequence[int], Sequence[int]]:
    form = packed[0]
    border = 1 + 2 * ((len(packed) - 1) // (2 + (1 << form)))
    return _numbers("h", packed[1:border]), _numbers(_COUNTS[form], packed[border:])


def _numbers(letter: str, data: bytes) -> array[int]:
    found = array(letter, data)
    if _SWAPPED:
        found.byteswap()
    return found


def _bytes(letter: str, numbers: Sequence[int]) -> bytes:
    made = array(letter, numbers)
    if _SWAPPED:
        made.byteswap()
    return made.tobytes()
