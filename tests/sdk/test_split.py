from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.merge import weigh
from quarterdeck.core.plain import check_values
from quarterdeck.core.series import cell_of
from quarterdeck.sdk.outbox import LARGEST_PATCH, Outbox
from quarterdeck.sdk.split import split

BIG = {f"key {number}": "x" * 100 for number in range(5_000)}
ROWS = [[number, "x" * 100] for number in range(5_000)]
COUNTS = {f"key {number}": number for number in range(9_000)}
CELLS = {str(minute): cell_of(minute, minute) for minute in range(3_000)}
BEGUN: list[Any] = [
    ["push", "rows", [[0, "old"]], 6_000],
    ["put", "map", {"old": 1}],
    ["add", "counts", {"old": 1}],
    ["record", "series", {"1": cell_of(7, 7)}, 1],
]


@pytest.mark.parametrize(
    "ops",
    [
        [["push", "rows", [], 3], ["push", "rows", ROWS, 4_000]],
        [["put", "map", BIG], ["drop", "map", "old"]],
        [["add", "counts", COUNTS]],
        [["set", "map", BIG]],
        [["set", "counts", COUNTS]],
        [["set", "label", "short"], ["put", "map", {}], ["push", "rows", [], 6_000], ["drop", "counts"]],
        [["drop"], ["put", "map", BIG], ["set", "label", "new"]],
    ],
)
def test_the_parts_do_what_the_whole_does(ops: list[Any]) -> None:
    whole, parts = TopicState(), TopicState()
    fold(whole, BEGUN)
    fold(parts, BEGUN)
    fold(whole, ops)
    events = split(ops, dict(parts.types), LARGEST_PATCH)
    for event in events:
        assert weigh(event) <= 1.1 * LARGEST_PATCH
        check_values(event)
        fold(parts, event)
    assert parts == whole


def test_series_are_cut_by_minutes() -> None:
    for ops, first in ([["record", "series", CELLS, 1]], []), ([["set", "series", CELLS]], [["set", "series", {}]]):
        events = split(ops, {"series": ["series", 1]}, 20_000)
        flat = [op for event in events for op in event]
        assert flat[: len(first)] == first
        assert len(events) > 5
        merged: dict[str, Any] = {}
        for op in flat[len(first) :]:
            assert (op[0], op[3]) == ("record", 1)
            merged |= op[2]
        assert merged == CELLS


def test_a_topic_larger_than_a_message_leaves_in_several_batches() -> None:
    outbox = Outbox("s", limit=1 << 30)
    for row in ROWS:
        outbox.emit("a", [["push", "rows", [row], 4_000]])
    outbox.emit("a", [["set", "map", {}]], None)
    outbox.emit("a", [["set", "state", "done"]], "run.done", 5)
    assert outbox.freeze(100_000) is outbox.frozen[0]
    assert [batch.number for batch in outbox.frozen] == list(range(1, len(outbox.frozen) + 1))
    assert len(outbox.frozen) > 3
    state = TopicState()
    for batch in outbox.frozen:
        for frame in batch.frames:
            assert frame["batch"] == batch.number
            fold(state, frame["ops"])
    assert state.values == {"rows": ROWS[-4_000:], "map": {}, "state": "done"}
    assert [frame.get("name") for batch in outbox.frozen for frame in batch.frames if "name" in frame] == ["run.done"]
    assert not outbox.waiting
    assert outbox.size == 0
