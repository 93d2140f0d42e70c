"""Cells merge exactly in any order, and percentiles are at most 2 % off."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.core.ops import Refused
from quarterdeck.core.series import (
    add_cells,
    apply_cells,
    bucket_of,
    cell_of,
    cells_of,
    check_cells,
    copy_cell,
    merge_cells,
    minute_of,
    quantile,
    quantise,
    sum_cells,
)

quanta = st.one_of(st.integers(-3000, 3000), st.integers(-(2**53) - 3, 2**53 + 3), st.integers(-(10**100), 10**100))
times = st.integers(0, 3)
measured = st.lists(st.tuples(quanta, times), min_size=1, max_size=12)


def of(values: list[tuple[int, int]]) -> list[Any]:
    return reduce(merge_cells, (cell_of(value, at) for value, at in values))


@pytest.mark.long
@given(measured, measured, measured)
def test_merging_is_commutative_and_associative(a: Any, b: Any, c: Any) -> None:
    x, y, z = of(a), of(b), of(c)
    kept = copy_cell(x)
    assert merge_cells(x, y) == merge_cells(y, x)
    assert merge_cells(merge_cells(x, y), z) == merge_cells(x, merge_cells(y, z)) == of([*c, *a, *b])
    assert x == kept


@pytest.mark.long
@given(st.lists(measured, max_size=6))
def test_the_sum_of_many_is_what_merging_them_gives(lists: Any) -> None:
    cells = [of(values) for values in lists]
    kept = [copy_cell(cell) for cell in cells]
    assert sum_cells(cells) == (reduce(merge_cells, cells) if cells else None)
    assert cells == kept


@given(st.lists(st.tuples(quanta, st.integers(0, 130_000_000)), max_size=12))
def test_many_values_are_the_merge_of_their_cells(values: list[tuple[int, int]]) -> None:
    merged: dict[str, Any] = {}
    for value, time in values:
        add_cells(merged, {minute_of(time): cell_of(value, time)})
    assert cells_of((time, value) for value, time in values) == merged


@given(measured)
def test_a_cell_knows_its_values_exactly(values: list[tuple[int, int]]) -> None:
    cell = of(values)
    only = [value for value, _ in values]
    assert [int(found) for found in cell[:4]] == [len(only), sum(only), min(only), max(only)]
    at, last = max((at, value) for value, at in values)
    assert [cell[4][0], int(cell[4][1])] == [at, last]
    check_cells("s", {"1": cell})
    assert all(isinstance(found, int) == (abs(int(found)) < 2**53) for found in cell[:4])


@given(st.lists(quanta, min_size=1, max_size=60), st.floats(0, 1))
def test_percentiles_are_at_most_two_percent_off(values: list[int], p: float) -> None:
    exact = sorted(values)[math.floor(p * (len(values) - 1))]
    found = quantile(of([(value, 0) for value in values]), p)
    assert abs(Fraction(found) - exact) <= Fraction(2, 100) * abs(exact)


@given(st.integers(1, 10**100))
def test_buckets_are_signed_and_grow(value: int) -> None:
    assert bucket_of(-value) == "-" + bucket_of(value)
    assert int(bucket_of(value)) <= int(bucket_of(value + 1)) <= int(bucket_of(value)) + 18


def test_minutes_are_whole_also_before_1970() -> None:
    assert [minute_of(at) for at in (-1, 0, 59_999_999, 60_000_000)] == ["-1", "0", "0", "1"]


def test_values_become_whole_quanta() -> None:
    assert quantise(0.0123456, 0.001) == 12
    assert quantise(-1.5, 1) == -2
    assert quantise(1e90, 0.001) == pytest.approx(1e93)
    for value in (math.nan, math.inf, -math.inf, 1e308, 10**400):
        with pytest.raises(Refused, match="cannot be recorded"):
            quantise(value, 0.001)


def test_series_are_replaced_dropped_and_ended() -> None:
    cell = cell_of(5, 1)
    series: dict[str, Any] = {}
    apply_cells(series, [["record", "r", {"1": cell}, 1], ["set", "other", {"1": 2}], ["drop", "other"]])
    apply_cells(series, [["set", "r", {"2": cell}], ["record", "r", {"2": cell}, 1]])
    assert series == {"r": {"2": merge_cells(cell, cell)}}
    assert cell == cell_of(5, 1)
    apply_cells(series, [["drop", "r"]])
    assert series == {"r": {}}
    apply_cells(series, [["drop"]])
    assert series == {}


@pytest.mark.parametrize(
    "cells",
    [
        [],
        {"1": None},
        {"": [1, 1, 1, 1, [0, 1], {"1": 1}]},
        {"1.5": [1, 1, 1, 1, [0, 1], {"1": 1}]},
        {"+1": [1, 1, 1, 1, [0, 1], {"1": 1}]},
        {"١": [1, 1, 1, 1, [0, 1], {"1": 1}]},
        {"1": [0, 0, 0, 0, [0, 0], {}]},
        {"1": [1, 1, 1, 1, [0, 1], {"1": 0}, 0]},
        {"1": [1, 1, 1, 1, [0.5, 1], {"1": 1}]},
        {"1": [1, 1, 1, 1, [0, 1], {"1": True}]},
        {"1": [1, 1.0, 1, 1, [0, 1], {"1": 1}]},
        {"1": [1, "5", 1, 1, [0, 1], {"1": 1}]},
        {"1": [1, "09007199254740993", 1, 1, [0, 1], {"1": 1}]},
        {"1": [1, 2**53, 1, 1, [0, 1], {"1": 1}]},
        {"1": [1, 1, 2, 1, [0, 1], {"1": 1}]},
        {"1": [1, 1, 1, 1, [0, 5], {"1": 1}]},
        {"1": [1, 1, 1, str(10**101), [0, 1], {"1": 1}]},
        {"1": [2, 1, 1, 1, [0, 1], {"1": 1}]},
        {"1": [1, 1, 1, 1, [0, 1], {"-0": 1}]},
        {"1": [1, 1, 1, 1, [0, 1], []]},
    ],
)
def test_malformed_cells_are_refused(cells: Any) -> None:
    with pytest.raises(Refused) as refused:
        check_cells("s", cells)
    assert refused.value.hint
