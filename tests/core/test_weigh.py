"""How much a value weighs: the same, however many of its kind stand together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.core.merge import weigh, weigh_event

flat = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=30)
cells = flat | st.lists(flat, max_size=2) | st.dictionaries(st.text(max_size=3), flat, max_size=2)


@pytest.mark.long
@given(st.lists(st.lists(flat, max_size=4), max_size=40) | st.lists(st.lists(cells, max_size=3), max_size=40))
def test_many_rows_weigh_what_they_weigh_one_by_one(rows: list[Any]) -> None:
    assert weigh(rows) == 2 + len(rows) + sum(map(weigh, rows))


@pytest.mark.parametrize("row", [[1.25, "abc", None, True], ["x" * 500], [{"a": [1, 2]}, "y"]])
def test_it_is_roughly_the_json(row: list[Any]) -> None:
    rows = [row] * 50
    assert 0.5 < weigh(rows) / len(json.dumps(rows)) < 2


@pytest.mark.parametrize(
    "event",
    [
        [
            ["set", "started", 1_800_000_000_000_000],
            ["set", "rate", 1.25],
            ["set", "name", "rows"],
            ["set", "total", None],
        ],
        [["set", "tail", "x" * 500], ["push", "history", [[1, 2], [3, 4]], 1000], ["drop", "ended"], ["drop"]],
        [["put", "map", {"a": [1, 2, "three"]}], ["drop", "map", "b"], ["set", "flag", True]],
    ],
)
def test_so_is_an_event(event: list[Any]) -> None:
    assert 0.5 < weigh_event(event) / len(json.dumps(event)) < 2
