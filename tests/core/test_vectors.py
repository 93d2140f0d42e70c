"""The vectors of spec/, which the page's fold passes too."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, apply, check, fold
from quarterdeck.core.ops import Refused
from quarterdeck.core.series import add_cells, apply_cells, bucket_of, merge_cells, quantile

SPEC = Path(__file__).resolve().parents[2] / "spec"
OPS = json.loads((SPEC / "ops.json").read_text())
SERIES = json.loads((SPEC / "series.json").read_text())


def loaded(written: dict[str, Any]) -> tuple[TopicState, dict[str, Any]]:
    own = copy.deepcopy(written)
    return TopicState(own["values"], own["types"]), own["cells"]


@pytest.mark.parametrize("vector", OPS, ids=lambda vector: vector.get("name", "random"))
def test_the_fold(vector: dict[str, Any]) -> None:
    state, cells = loaded(vector["start"])
    want = loaded(vector["want"])
    for event, accepted in zip(copy.deepcopy(vector["events"]), vector["accepted"], strict=True):
        if accepted:
            fold(state, event)
            apply_cells(cells, event)
        else:
            with pytest.raises(Refused):
                check(state, event)
    assert (state, cells) == want
    state, cells = loaded(vector["start"])
    apply(state, vector["merged"])
    apply_cells(cells, vector["merged"])
    assert (state, cells) == want


@pytest.mark.parametrize("vector", SERIES["merge"])
def test_cells_merge(vector: dict[str, Any]) -> None:
    for parts in (vector["parts"], vector["parts"][::-1]):
        merged: dict[str, Any] = {}
        for part in parts:
            for minute, cell in part.items():
                merged[minute] = merge_cells(merged[minute], cell) if minute in merged else cell
        assert merged == vector["want"]
        grown: dict[str, Any] = {}
        for part in parts:
            add_cells(grown, part)
        assert grown == vector["want"]


def test_percentiles_and_buckets() -> None:
    for cell, p, want in SERIES["quantile"]:
        assert quantile(cell, p) == pytest.approx(want, rel=1e-9)
    for value, bucket in SERIES["bucket"]:
        assert bucket_of(int(value)) == bucket
