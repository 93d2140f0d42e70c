"""The vectors of spec/, which the page's fold passes too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, apply, check, fold
from quarterdeck.core.ops import Refused
from quarterdeck.core.series import add_cells, apply_cells, bucket_of, merge_cells, quantile
from quarterdeck.core.state import copied

SPEC = Path(__file__).resolve().parents[2] / "spec"
OPS = json.loads((SPEC / "ops.json").read_text())
SERIES = json.loads((SPEC / "series.json").read_text())


def loaded(written: dict[str, Any]) -> tuple[TopicState, dict[str, Any]]:
    own = copied(written)
    return TopicState(own["values"], own["types"]), own["cells"]


@pytest.mark.parametrize("first", range(0, len(OPS), 20))
def test_the_fold(first: int) -> None:
    for number, vector in enumerate(OPS[first : first + 20], first):
        folds(vector, f"vector {number} of ops.json, {vector.get('name', 'random')}")


def folds(vector: dict[str, Any], name: str) -> None:
    state, cells = loaded(vector["start"])
    want = loaded(vector["want"])
    for event, accepted in zip(copied(vector["events"]), vector["accepted"], strict=True):
        if accepted:
            fold(state, event)
            apply_cells(cells, event)
        else:
            with pytest.raises(Refused):
                check(state, event)
    assert (state, cells) == want, name
    state, cells = loaded(vector["start"])
    apply(state, vector["merged"])
    apply_cells(cells, vector["merged"])
    assert (state, cells) == want, name


def test_cells_merge() -> None:
    for vector, parts in ((each, parts) for each in SERIES["merge"] for parts in (each["parts"], each["parts"][::-1])):
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
