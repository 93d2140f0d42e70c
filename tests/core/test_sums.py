"""What many cells come to is what all their values come to."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.core.series import cell_of, quantile, sum_cells
from quarterdeck.core.sums import Sum, added, filled, sum_of

VALUES = st.lists(st.integers(-3000, 3000) | st.integers(-(10**100), 10**100), min_size=1, max_size=30)


def of(values: list[int]) -> tuple[list[Any], Sum]:
    cell = sum_cells([cell_of(value, 5) for value in values]) or []
    return cell, sum_of(7, cell)


@settings(max_examples=30)
@given(VALUES, st.floats(0, 1))
def test_percentiles_are_those_of_the_cell(values: list[int], share: float) -> None:
    cell, whole = of(values)
    assert whole.quantiles([share]) == [quantile(cell, share)]
    exact = sorted(values)[math.floor(share * (len(values) - 1))]
    assert abs(Fraction(whole.quantiles([share])[0]) - exact) <= Fraction(2, 100) * abs(exact)
    assert (whole.n, whole.total, whole.low, whole.high) == (len(values), sum(values), min(values), max(values))


@pytest.mark.long
@settings(max_examples=30)
@given(VALUES, VALUES)
def test_histograms_add(some: list[int], more: list[int]) -> None:
    parts, whole = [of(some)[1].histogram, of(more)[1].histogram], of(some + more)[1].histogram
    assert added(parts) == (whole.first, list(whole.counts))


def test_how_many_values_are_at_most_so_large() -> None:
    _, whole = of([-50, 0, 10, 100, 1_000, 10_000])
    assert whole.below([-60, -1, 0, 50, 500, 5_000, 50_000]) == [0, 1, 2, 3, 4, 5, 6]


def test_a_bucket_that_no_value_has_costs_no_memory() -> None:
    assert len(filled({10**16: 1, -(10**16): 2, 0: 3}).counts) < 20_000
