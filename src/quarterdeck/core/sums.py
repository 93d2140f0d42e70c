"""What many cells come to: their sums, extremes and last value, and one histogram, as lists of counts that add fast."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.core.series import middle_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quarterdeck.core.ops import Cell

FURTHEST = 6000
"""No value has a bucket further from zero (``core.series.MAX_QUANTA``); what a cell says to be there is here."""


class Histogram(NamedTuple):
    """``counts[k]`` values are in bucket ``first + k``."""

    first: int
    counts: Sequence[int]


class Sum(NamedTuple):
    """Values are in quanta; ``first`` is the minute in which the first of the cells begins, ``at`` (UTC microseconds)
    when the last value was."""

    first: int
    n: int
    total: int
    low: int
    high: int
    at: int
    last: int
    histogram: Histogram

    def quantiles(self, shares: Iterable[float]) -> list[float]:
        """The values below which these shares (0 to 1) lie, as ``core.series.quantile`` gives them."""
        first, counts = self.histogram
        upto, low, high, last = list(accumulate(counts)), float(self.low), float(self.high), self.n - 1
        found = (middle_of(first + bisect_right(upto, math.floor(share * last))) for share in shares)
        return [low if value < low else high if value > high else value for value in found]

    def below(self, bounds: Iterable[float]) -> list[int]:
        """How many values are at most each bound, by whole buckets: up to 4 % more or less belong to it."""
        first, counts = self.histogram
        upto, buckets = [0, *accumulate(counts)], range(first, first + len(counts))
        return [upto[bisect_right(buckets, bound, key=middle_of)] for bound in bounds]


def sum_of(first: int, cell: Cell) -> Sum:
    """A cell, which begins (or the first of whose cells begins) in the minute ``first``."""
    n, total, low, high, (at, last), buckets = cell
    histogram = filled({int(bucket): int(count) for bucket, count in buckets.items()})
    return Sum(first, int(n), int(total), int(low), int(high), at, int(last), histogram)


def together(sums: Sequence[Sum]) -> Sum:
    """Everything of several sums in one."""
    if len(sums) == 1:
        return sums[0]
    firsts, ns, totals, lows, highs, ats, lasts, histograms = zip(*sums, strict=True)
    at, last = max(zip(ats, lasts, strict=True))
    return Sum(min(firsts), sum(ns), sum(totals), min(lows), max(highs), at, last, added(histograms))


def filled(buckets: dict[int, int]) -> Histogram:
    """A histogram of counts by bucket."""
    near: dict[int, int] = {}
    for bucket, count in buckets.items():
        index = min(max(bucket, -FURTHEST), FURTHEST)
        near[index] = near.get(index, 0) + count
    first = min(near)
    counts = [0] * (max(near) - first + 1)
    for bucket, count in near.items():
        counts[bucket - first] = count
    return Histogram(first, counts)


def added(histograms: Sequence[Histogram]) -> Histogram:
    """Everything of several histograms in one."""
    if len(histograms) == 1:
        return histograms[0]
    first = min(each.first for each in histograms)
    stop = max(each.first + len(each.counts) for each in histograms)
    rows = [_padded(each, first, stop) for each in histograms]
    return Histogram(first, list(map(sum, zip(*rows, strict=True))))


def _padded(histogram: Histogram, first: int, stop: int) -> Sequence[int]:
    start, counts = histogram
    before, behind = start - first, stop - start - len(counts)
    return [*[0] * before, *counts, *[0] * behind] if before or behind else counts
