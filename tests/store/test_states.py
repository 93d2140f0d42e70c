"""States, types and caps come back as they were folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.store.conftest import commit_of

from quarterdeck.core.begin import Begun
from quarterdeck.core.fold import TopicState
from quarterdeck.store.contract import Commit, Store, TopicChange

Change = Callable[..., None]
HARD_KEYS = ["__proto__", "constructor", "", "10", "9", "\x00", "a/b", "é", "🦆", "' OR 1=1 --"]


def state(store: Store, topic: str) -> TopicState:
    found = store.load(topic)
    assert found is not None
    return found


def test_a_topic_that_nobody_made_is_none(store: Store) -> None:
    assert store.load("a") is None


def test_a_topic_may_begin_as_a_state(store: Store) -> None:
    small = TopicState({"x": 1, "d": {"k": [None]}, "l": ["a", 2]}, {"l": ["list", 5]})
    large = TopicState({"text": "x" * 5000, "x": 0.5, "l": []}, {"l": ["list", 5]})
    begun = [
        Begun({name: value for name, value in each.values.items() if name != "l"}, {"l": (5, each.values["l"])}, 9)
        for each in (small, large)
    ]
    store.commit(Commit(changes=[TopicChange(f"run/{n}", "run", [], each) for n, each in enumerate(begun)]))
    assert [store.load("run/0"), store.load("run/1")] == [small, large]
    store.commit(commit_of({"run/0": [["push", "l", [3], 5], ["set", "x", 2]]}))
    assert state(store, "run/0").values == {**small.values, "x": 2, "l": ["a", 2, 3]}


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1, 2**53, -(2**53), 1.0, 0.1, -0.0, 1e300, 5e-324, "", "\x00", "é🦆"]
)
def test_scalars_come_back_digit_by_digit(store: Store, change: Change, value: object) -> None:
    change("a", ["set", "x", value])
    found = state(store, "a").values["x"]
    assert repr(found) == repr(value)


def test_scalars_may_be_any_json(store: Store, change: Change) -> None:
    value = {"__proto__": [1, {"": None}], "10": 1, "9": 2}
    change("a", ["set", "x", value], ["set", "y", []], ["set", "", {}])
    assert state(store, "a") == TopicState({"x": value, "y": [], "": {}})
    assert list(state(store, "a").values["x"]) == list(value)


def test_big_scalars_come_and_go(store: Store, change: Change) -> None:
    big, bigger = "x" * 5000, "y" * 60_000
    change("a", ["set", "text", big], ["set", "small", 1])
    assert state(store, "a").values == {"text": big, "small": 1}
    change("a", ["set", "text", bigger])
    assert state(store, "a").values == {"text": bigger, "small": 1}
    change("a", ["set", "text", "small"])
    assert state(store, "a").values == {"text": "small", "small": 1}
    change("a", ["set", "text", bigger], ["drop", "text"])
    assert state(store, "a").values == {"small": 1}
    assert state(store, "a").types["text"] == ["scalar"]


def test_maps_have_no_magic_keys(store: Store, change: Change) -> None:
    entries = {key: [key] for key in HARD_KEYS}
    change("a", ["put", "m", entries])
    assert state(store, "a") == TopicState({"m": entries}, {"m": ["map"]})
    for key in HARD_KEYS:
        change("a", ["drop", "m", key])
        del entries[key]
        assert state(store, "a").values == {"m": entries}


def test_put_replaces_one_entry(store: Store, change: Change) -> None:
    change("a", ["put", "m", {"k": 1, "l": 2}])
    change("a", ["put", "m", {"k": None}])
    assert state(store, "a").values == {"m": {"k": None, "l": 2}}


def test_set_on_a_map_replaces_all(store: Store, change: Change) -> None:
    change("a", ["put", "m", {"k": 1, "l": 2}])
    change("a", ["set", "m", {"n": 3}], ["put", "m", {"o": 4}])
    assert state(store, "a") == TopicState({"m": {"n": 3, "o": 4}}, {"m": ["map"]})


def test_counters_add_up(store: Store, change: Change) -> None:
    change("a", ["add", "c", {"x": 2**53 - 1, "": -5}])
    change("a", ["add", "c", {"x": -(2**53) + 1, "__proto__": 1}], ["add", "c", {"x": 7}])
    assert state(store, "a") == TopicState({"c": {"x": 7, "": -5, "__proto__": 1}}, {"c": ["counters"]})
    change("a", ["set", "c", {"z": 1}], ["add", "c", {"z": 1}])
    assert state(store, "a").values == {"c": {"z": 2}}


def test_lists_are_oldest_first_and_keep_their_cap(store: Store, change: Change) -> None:
    change("a", ["push", "l", [1, 2, 3], 4])
    change("a", ["push", "l", [4, 5], 4])
    assert state(store, "a") == TopicState({"l": [2, 3, 4, 5]}, {"l": ["list", 4]})


def test_a_lower_cap_trims_for_good(store: Store, change: Change) -> None:
    change("a", ["push", "l", [1, 2, 3, 4], 4])
    change("a", ["push", "l", [], 2])
    assert state(store, "a") == TopicState({"l": [3, 4]}, {"l": ["list", 2]})
    change("a", ["push", "l", [5], 10])
    assert state(store, "a") == TopicState({"l": [3, 4, 5]}, {"l": ["list", 10]})
    change("a", ["push", "l", [], 0])
    assert state(store, "a") == TopicState({"l": []}, {"l": ["list", 0]})
    change("a", ["push", "l", [6, 7], 1])
    assert state(store, "a").values == {"l": [7]}


def test_set_on_a_list_keeps_the_last_of_its_cap(store: Store, change: Change) -> None:
    change("a", ["push", "l", [1], 2])
    change("a", ["set", "l", [7, 8, 9]])
    assert state(store, "a") == TopicState({"l": [8, 9]}, {"l": ["list", 2]})
    change("a", ["push", "l", [10], 2])
    assert state(store, "a").values == {"l": [9, 10]}
    change("a", ["set", "l", []])
    assert state(store, "a").values == {"l": []}


def test_a_missing_cap_is_ten_thousand(store: Store, change: Change) -> None:
    change("a", ["push", "l", [1]], ["record", "s", {}])
    assert state(store, "a").types == {"l": ["list", 10_000], "s": ["series", 0.001]}


def test_lists_go_on_after_the_row_was_forgotten(store: Store, change: Change) -> None:
    change("a", ["push", "l", list(range(10)), 5])
    store.commit(commit_of({f"other/{n}": [["set", "x", n]] for n in range(5000)}))
    change("a", ["push", "l", [10], 5])
    assert state(store, "a").values == {"l": [6, 7, 8, 9, 10]}


def test_empty_operations_give_types(store: Store, change: Change) -> None:
    change("a", ["put", "m", {}], ["add", "c", {}], ["push", "l", [], 7], ["record", "s", {}, 0.5])
    types: dict[str, list[Any]] = {"m": ["map"], "c": ["counters"], "l": ["list", 7], "s": ["series", 0.5]}
    assert state(store, "a") == TopicState({"m": {}, "c": {}, "l": []}, types)


def test_a_dropped_field_keeps_its_type(store: Store, change: Change) -> None:
    change(
        "a", ["put", "m", {"k": 1}], ["add", "c", {"k": 1}], ["push", "l", [1], 7], ["set", "x", 1], ["record", "s", {}]
    )
    before = state(store, "a").types
    change("a", *(["drop", field] for field in "mclxs"))
    assert state(store, "a") == TopicState({}, before)
    change("a", ["put", "m", {}], ["add", "c", {"n": 1}], ["push", "l", [2], 7], ["set", "x", 2])
    assert state(store, "a") == TopicState({"m": {}, "c": {"n": 1}, "l": [2], "x": 2}, before)


def test_dropping_an_unknown_field_makes_nothing(store: Store, change: Change) -> None:
    change("a", ["drop", "x"])
    assert store.load("a") is None
    change("a", ["drop", "m", "k"])
    assert state(store, "a") == TopicState({"m": {}}, {"m": ["map"]})


def test_a_topic_ends_and_begins_anew(store: Store, change: Change) -> None:
    change("a", ["push", "l", [1, 2], 7], ["set", "x", "y" * 5000], ["set", "z", 1])
    change("a", ["drop"])
    assert store.load("a") is None
    change("a", ["put", "l", {"k": 1}])
    assert state(store, "a") == TopicState({"l": {"k": 1}}, {"l": ["map"]})
    change("a", ["drop"], ["push", "l", [3], 5])
    assert state(store, "a") == TopicState({"l": [3]}, {"l": ["list", 5]})
    change("a", ["set", "q", 1], ["drop"])
    assert store.load("a") is None


def test_topics_of_one_commit_do_not_mix(store: Store) -> None:
    store.commit(commit_of({f"t/{n}": [["push", "l", [n], 3], ["put", "m", {"k": n}]] for n in range(50)}))
    for n in range(50):
        assert state(store, f"t/{n}").values == {"l": [n], "m": {"k": n}}


def test_some_topics_are_never_stored(store: Store) -> None:
    store.commit(
        commit_of({"query/1": [["set", "x", 1]], "query/a/b": [["set", "x", 1]], "passing/1": [["set", "x", 1]]})
    )
    assert [store.load(topic) for topic in ("query/1", "query/a/b", "passing/1")] == [None, None, None]


def test_what_is_loaded_belongs_to_the_reader(store: Store, change: Change) -> None:
    items = [[1]]
    change("a", ["push", "l", items, 5], ["set", "x", {"k": 1}])
    items[0].append(2)
    state(store, "a").values["l"].append(3)
    state(store, "a").values["x"]["k"] = 2
    assert state(store, "a").values == {"l": [[1]], "x": {"k": 1}}
