"""Rows hold cells exactly, in few bytes, and add as cells do."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.core.series import cell_of, cells_of, shorten, sum_cells
from quarterdeck.store.sqlite import packed
from quarterdeck.store.sqlite.packed import cell_of as cell_of_row
from quarterdeck.store.sqlite.packed import histogram_of, merged, pack, row_of, sum_of, unpack

COUNTS = st.integers(1, 300) | st.sampled_from([2**16, 2**32, 2**53 - 1]) | st.just(str(2**70))
BUCKETS = st.integers(-6000, 6000) | st.integers(0, 40) | st.just(10**12)


@pytest.mark.long
@settings(max_examples=40)
@given(st.dictionaries(BUCKETS.map(str), COUNTS, min_size=1))
def test_buckets_come_back(buckets: dict[str, Any]) -> None:
    assert unpack(pack(buckets)) == buckets


@pytest.mark.long
@settings(max_examples=40)
@given(st.lists(st.integers(-(10**30), 10**30) | st.integers(0, 300), min_size=2, max_size=20))
def test_rows_merge_as_cells_do(values: list[int]) -> None:
    cells = [cell_of(value, minute * 60_000_000 + 5) for minute, value in enumerate(values)]
    whole = sum_cells(cells) or []
    row = merged(0, [row_of(minute, cell) for minute, cell in enumerate(cells)])
    assert cell_of_row(row) == whole
    once = sum_of([row])
    assert (once.n, once.total, once.at) == (len(values), sum(values), whole[4][0])


@pytest.mark.parametrize("seed", range(20))
def test_histograms_add_whatever_their_form(seed: int) -> None:
    chance, packed_ones = random.Random(seed), []
    wanted: Counter[int] = Counter()
    for _ in range(chance.randrange(1, 9)):
        most, size = chance.choice((9, 255, 2**16 - 1, 2**32 - 1, 2**52, 2**70)), chance.randrange(1, 30)
        buckets = {chance.randrange(-20, 20): chance.randrange(1, most) for _ in range(size)}
        wanted.update(buckets)
        packed_ones.append(pack({str(bucket): shorten(count) for bucket, count in buckets.items()}))
    first, counts = histogram_of(packed_ones)
    assert {bucket: count for bucket, count in enumerate(counts, first) if count} == wanted


@pytest.mark.parametrize("most", [255, 65_535])
def test_more_histograms_than_fit_twice_the_width_add(most: int) -> None:
    many = [pack({"3": most, "4": 1, "5": most})] * 700
    assert list(histogram_of(many).counts) == [700 * most, 700, 700 * most]


@pytest.mark.parametrize(("values", "most"), [(1, 4), (11, 40), (700, 170), (5_000, 260)])
def test_few_bytes_hold_many_values(values: int, most: int) -> None:
    chance = random.Random(1)
    cells = cells_of((0, round(chance.lognormvariate(10, 0.8))) for _ in range(values))
    assert len(pack(cells["0"][5])) <= most


def test_files_are_the_same_on_machines_of_either_byte_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pack({"1": 500, "900": 2}) == b"\x01\x01\x00\x84\x03\xf4\x01\x02\x00"
    monkeypatch.setattr(packed, "_SWAPPED", True)
    assert pack({"1": 500, "900": 2}) == b"\x01\x00\x01\x03\x84\x01\xf4\x00\x02"
    assert unpack(pack({"1": 500, "900": 2})) == {"1": 500, "900": 2}
