"""Cells: what a series keeps of one UTC minute (or hour, or day), exact to merge in any order.

A cell is ``[n, sum, min, max, [t_us, last], {bucket: count}]``.  Values are whole numbers of the series' quantum.
Integers of 2**53 and more in size travel as decimal text.  Buckets are text of a signed integer: "0" holds zero, "i"
holds the quanta q with 1.04 ** (i - 1) <= q < 1.04 ** i, "-i" their negatives, so that a percentile is at most 2 %
off.
"""

from __future__ import annotations

import math

from quarterdeck.core.ops import TWO_53, Refused, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.core.ops import Cell, Event

GROWTH = 1.04
_LOG_GROWTH = math.log(GROWTH)
# Far beyond any measurement, and far enough from the largest double that percentiles cannot overflow.
MAX_QUANTA = 10**100
MINUTE_US = 60_000_000


def quantise(value: float, quantum: float) -> int:
    """The whole number of quanta nearest to ``value``; raises Refused if it is not finite or over 10**100 quanta."""
    try:
        quanta = round(value / quantum)
    except (OverflowError, ValueError):
        quanta = MAX_QUANTA + 1
    if -MAX_QUANTA <= quanta <= MAX_QUANTA:
        return quanta
    raise Refused(
        "out-of-range",
        f"{show(value)} cannot be recorded with a quantum of {quantum!r}",
        "record finite numbers of at most 1e100 quanta",
    )


def bucket_of(quanta: int) -> str:
    """The histogram bucket of a value in quanta."""
    if quanta == 0:
        return "0"
    index = 1 + int(math.log(abs(quanta)) / _LOG_GROWTH)
    return str(index) if quanta > 0 else str(-index)


def minute_of(t_us: int) -> str:
    """The key of the cell that the time (UTC microseconds) falls into."""
    return str(t_us // MINUTE_US)


def cell_of(quanta: int, t_us: int) -> Cell:
    """The cell of one value in quanta, measured at ``t_us`` (UTC microseconds)."""
    q = shorten(quanta)
    return [1, q, q, q, [t_us, q], {bucket_of(quanta): 1}]


def shorten(number: int) -> int | str:
    """An integer as it travels: decimal text from 2**53 on."""
    return number if -TWO_53 < number < TWO_53 else str(number)


def merge_cells(a: Cell, b: Cell) -> Cell:
    """A new cell that holds everything of both; exact, commutative and associative."""
    merged = copy_cell(a)
    add_cell(merged, b)
    return merged


def copy_cell(cell: Cell) -> Cell:
    """A cell that shares nothing with ``cell``."""
    return [cell[0], cell[1], cell[2], cell[3], list(cell[4]), dict(cell[5])]


def add_cell(into: Cell, cell: Cell) -> None:
    """Merge ``cell`` into ``into``, which the caller owns."""
    into[0] = shorten(int(into[0]) + int(cell[0]))
    into[1] = shorten(int(into[1]) + int(cell[1]))
    if int(cell[2]) < int(into[2]):
        into[2] = cell[2]
    if int(cell[3]) > int(into[3]):
        into[3] = cell[3]
    ours, theirs = into[4], cell[4]
    if (theirs[0], int(theirs[1])) > (ours[0], int(ours[1])):
        into[4] = list(theirs)
    buckets = into[5]
    for bucket, count in cell[5].items():
        buckets[bucket] = shorten(int(buckets.get(bucket, 0)) + int(count))


def add_cells(into: dict[str, Cell], cells: dict[str, Cell]) -> None:
    """Merge cells by key into ``into``, whose cells the caller owns; ``cells`` stays as it is."""
    for key, cell in cells.items():
        have = into.get(key)
        if have is None:
            into[key] = copy_cell(cell)
        else:
            add_cell(have, cell)


def sum_cells(cells: Iterable[Cell]) -> Cell | None:
    """Everything of many cells in a new one, as merging one after the other would give it; None if there are none."""
    whole: Cell | None = None
    n = total = 0
    buckets: dict[str, int] = {}
    for cell in cells:
        if whole is None:
            whole = copy_cell(cell)
        n += int(cell[0])
        total += int(cell[1])
        if int(cell[2]) < int(whole[2]):
            whole[2] = cell[2]
        if int(cell[3]) > int(whole[3]):
            whole[3] = cell[3]
        if (cell[4][0], int(cell[4][1])) > (whole[4][0], int(whole[4][1])):
            whole[4] = list(cell[4])
        for bucket, count in cell[5].items():
            buckets[bucket] = buckets.get(bucket, 0) + int(count)
    if whole is not None:
        whole[0], whole[1] = shorten(n), shorten(total)
        whole[5] = {bucket: shorten(count) for bucket, count in buckets.items()}
    return whole


def cells_of(values: Iterable[tuple[int, int]]) -> dict[str, Cell]:
    """The cells, by minute, of many values: pairs of the time (UTC microseconds) and the value in quanta."""
    minutes: dict[int, list[tuple[int, int]]] = {}
    for value in values:
        minutes.setdefault(value[0] // MINUTE_US, []).append(value)
    return {str(minute): _cell_of_all(found) for minute, found in minutes.items()}


def _cell_of_all(values: list[tuple[int, int]]) -> Cell:
    time, last = max(values)
    quanta = [value[1] for value in values]
    buckets: dict[str, int] = {}
    for bucket in map(bucket_of, quanta):
        buckets[bucket] = buckets.get(bucket, 0) + 1
    sums = (sum(quanta), min(quanta), max(quanta))
    return [len(quanta), *map(shorten, sums), [time, shorten(last)], buckets]


def quantile(cell: Cell, p: float) -> float:
    """The value (in quanta) below which the share ``p`` (0 to 1) of a cell lies, at most 2 % off.

    Of n sorted values it approximates the one at index floor(p * (n - 1)).
    """
    low, high = float(cell[2]), float(cell[3])
    rank = math.floor(p * (int(cell[0]) - 1))
    seen = 0
    for index in sorted(map(int, cell[5])):
        seen += int(cell[5][str(index)])
        if seen > rank:
            return min(max(middle_of(index), low), high)
    return high


def middle_of(index: int) -> float:
    """The value that is relatively nearest to all of a bucket: the harmonic mean of its borders."""
    if index == 0:
        return 0.0
    middle = 2 * GROWTH ** abs(index) / (1 + GROWTH)
    return middle if index > 0 else -middle


def apply_cells(series: dict[str, dict[str, Cell]], ops: Event) -> None:
    """Change the cells of a topic's series (field -> minute -> cell) in place by the operations of an accepted event.

    A series is known here from its first ``record`` on, which is where its type comes from, too.
    """
    for op in ops:
        if len(op) == 1:
            series.clear()
        elif op[0] == "record":
            add_cells(series.setdefault(op[1], {}), op[2])
        elif op[1] in series and op[0] in ("set", "drop"):
            series[op[1]] = {}
            add_cells(series[op[1]], op[2] if op[0] == "set" else {})


def check_cells(field: str, cells: Any) -> None:
    """Raise Refused unless ``cells`` is an object of well-formed cells by minute."""
    if type(cells) is not dict:
        raise Refused(
            "type-mismatch", f"the series {field!r} takes an object of cells by minute", "record {minute: cell}"
        )
    for minute, cell in cells.items():
        if not _is_whole_text(minute) or not _is_cell(cell):
            raise Refused(
                "malformed",
                f"the cell {show(minute)} of the series {field!r} is not well-formed",
                "write {minute: [n, sum, min, max, [t, last], {bucket: count}]}, integers from 2**53 on as text",
            )


def _is_cell(cell: Any) -> bool:
    if type(cell) is not list or len(cell) != 6:
        return False
    n, total, low, high, last, buckets = cell
    if type(last) is not list or len(last) != 2 or type(last[0]) is not int or type(buckets) is not dict:
        return False
    if not all(map(_is_integer, (n, total, low, high, last[1]))) or not -TWO_53 < last[0] < TWO_53:
        return False
    if not all(_is_whole_text(key) and _is_integer(count) and int(count) > 0 for key, count in buckets.items()):
        return False
    bounds = -MAX_QUANTA <= int(low) <= int(last[1]) <= int(high) <= MAX_QUANTA
    return bounds and int(n) > 0 and int(n) == sum(map(int, buckets.values()))


def _is_integer(number: Any) -> bool:
    if type(number) is int:
        return -TWO_53 < number < TWO_53
    return type(number) is str and _is_whole_text(number, 130) and not -TWO_53 < int(number) < TWO_53


def _is_whole_text(text: Any, longest: int = 17) -> bool:
    """Whether this is an integer as Python and JavaScript write it: no sign but a minus, no leading zero."""
    if type(text) is not str or not 0 < len(text) <= longest or not text.isascii():
        return False
    digits = text[1:] if text[0] == "-" else text
    return digits.isdigit() and (digits[0] != "0" or text == "0")
