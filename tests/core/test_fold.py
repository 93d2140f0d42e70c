"""What single operations make of a state, and which events are refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, check_types, fold, unfold
from quarterdeck.core.ops import Refused


def folded(*events: list[Any]) -> TopicState:
    state = TopicState()
    for event in events:
        fold(state, event)
    return state


def test_the_first_operation_gives_a_field_its_type() -> None:
    state = folded([["set", "s", 1], ["put", "m", {"a": 1}], ["add", "c", {}], ["push", "l", []], ["record", "r", {}]])
    assert state.values == {"s": 1, "m": {"a": 1}, "c": {}, "l": []}
    assert state.types == {
        "s": ["scalar"], "m": ["map"], "c": ["counters"], "l": ["list", 10_000], "r": ["series", 0.001],
    }  # fmt: skip


def test_a_list_keeps_the_newest_up_to_its_cap() -> None:
    state = folded([["push", "l", [1, 2, 3, 4], 3]], [["push", "l", [5], 3]])
    assert state.values == {"l": [3, 4, 5]}
    fold(state, [["push", "l", [], 1]])
    assert state.values == {"l": [5]}
    fold(state, [["set", "l", [7, 8, 9]]])
    assert state.values == {"l": [9]}
    fold(state, [["push", "l", [1], 0]])
    assert state.values == {"l": []}


def test_a_dropped_field_keeps_its_type_and_cap() -> None:
    state = folded([["push", "l", [1, 2], 1], ["drop", "l"]])
    assert (state.values, state.types) == ({}, {"l": ["list", 1]})
    fold(state, [["set", "l", [1, 2]]])
    assert state.values == {"l": [2]}


def test_a_bare_drop_forgets_everything() -> None:
    assert folded([["set", "a", 1], ["put", "m", {}]], [["drop"]]) == TopicState()
    assert folded([["set", "a", 1]], [["drop"], ["push", "a", [1], 2]]).values == {"a": [1]}


def test_dropping_an_entry_makes_a_map() -> None:
    state = folded([["drop", "m", "__proto__"]])
    assert (state.values, state.types) == ({"m": {}}, {"m": ["map"]})


def test_the_state_shares_no_list_with_the_operations() -> None:
    event = [["push", "l", [1], 9], ["put", "m", {"a": 1}], ["add", "c", {"a": 1}]]
    replacement = [["set", "l", [5]], ["set", "m", {}], ["set", "c", {"x": 1}]]
    kept = copy.deepcopy((event, replacement))
    folded(event, event, replacement, event)
    assert (event, replacement) == kept


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("set", "malformed"),
        ([], None),
        ([[]], "malformed"),
        ([["set"]], "malformed"),
        ([[["set"], "a", 1]], "malformed"),
        ([["set", "a"]], "malformed"),
        ([["set", 5, 1]], "malformed"),
        ([["set", "f" * 513, 1]], "malformed"),
        ([["explode", "a", 1]], "malformed"),
        ([["put", "m", [1]]], "malformed"),
        ([["put", "s", {"a": 1}]], "type-mismatch"),
        ([["add", "m", {"a": 1}]], "type-mismatch"),
        ([["push", "m", [1], 3]], "type-mismatch"),
        ([["drop", "l", "key"]], "type-mismatch"),
        ([["drop", "c", "key"]], "type-mismatch"),
        ([["set", "l", {}]], "type-mismatch"),
        ([["set", "m", [1]]], "type-mismatch"),
        ([["set", "c", {"a": 1.5}]], "out-of-range"),
        ([["set", "r", 5]], "type-mismatch"),
        ([["set", "r", {"1": 5}]], "malformed"),
        ([["add", "c", {"a": True}]], "out-of-range"),
        ([["add", "c", {"a": -(2**20000)}]], "out-of-range"),
        ([["add", "c", {"a": 1.0}]], "out-of-range"),
        ([["add", "c", {"a": 2**53}]], "out-of-range"),
        ([["add", "c", {"a": 2**53 - 1}]], "out-of-range"),
        ([["add", "c", {"b": 2**53 - 1}], ["add", "c", {"b": 1}]], "out-of-range"),
        ([["drop", "c"], ["add", "c", {"a": 2**53 - 1}]], None),
        ([["set", "c", {"a": -5}], ["add", "c", {"a": 2**53 - 1}]], None),
        ([["drop"], ["add", "m", {"a": 2**53 - 1}], ["add", "m", {"a": 1}]], "out-of-range"),
        ([["push", "l", [1], -1]], "out-of-range"),
        ([["push", "l", [1], True]], "out-of-range"),
        ([["push", "l", [1], 1_000_001]], "out-of-range"),
        ([["push", "l", 5, 3]], "malformed"),
        ([["record", "r", {}, 1]], "quantum-mismatch"),
        ([["record", "n", {}, 0]], "out-of-range"),
        ([["record", "n", {}, float("nan")]], "out-of-range"),
        ([["set", "new", 1], ["push", "new", [1], 3]], "type-mismatch"),
        ([["drop", "unknown"]], None),
    ],
)
def test_an_event_is_accepted_whole_or_refused_whole(event: Any, code: str | None) -> None:
    state = folded(
        [["set", "s", 1], ["put", "m", {}], ["add", "c", {"a": 1}], ["push", "l", [1], 3], ["record", "r", {}]]
    )
    before = copy.deepcopy((state.values, state.types))
    if code is None:
        fold(state, event)
        return
    with pytest.raises(Refused) as refused:
        fold(state, [["set", "before", 1], *event] if isinstance(event, list) else event)
    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.hint
    assert (state.values, state.types) == before


def test_a_producer_learns_types_and_refuses_what_contradicts_them() -> None:
    types: dict[str, list[Any]] = {}
    check_types(types, [["set", "a", 1]])
    check_types(types, [["push", "b", [1], 5], ["add", "c", {"x": 2**53 - 1}]])
    check_types(types, [["add", "c", {"x": 2**53 - 1}]])
    with pytest.raises(Refused, match="'b' is a list"):
        check_types(types, [["set", "new", 1], ["put", "b", {}]])
    assert sorted(types) == ["a", "b", "c"]
    check_types(types, [["drop"]])
    assert types == {}
    check_types(types, [["set", "b", 1], ["drop"], ["put", "b", {}]])
    assert types == {"b": ["map"]}


def test_unfolded_it_makes_the_same_state_again() -> None:
    blob = {"sha256": "0a" * 32, "size": 3, "type": "image/png", "name": "a.png"}
    state = folded([
        ["set", "s", {"a": [1]}], ["set", "gone", 1], ["drop", "gone"], ["put", "m", {"k": 1}], ["add", "c", {"k": 2}],
        ["push", "l", [1, 2, 3], 2], ["push", "e", [], 5], ["record", "r", {}, 1], ["set", "b", blob, "blob"],
    ])  # fmt: skip
    again = folded(unfold(state))
    assert again.values == state.values
    assert again.types == {field: known for field, known in state.types.items() if field != "gone"}
    fold(again, [["push", "l", [4], 2], ["put", "m", {"n": 1}]])
    assert state.values["l"] == [2, 3]
    assert state.values["m"] == {"k": 1}
