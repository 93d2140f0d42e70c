"""The store: what is kept, what stays in the worker, and what a failed run leaves."""

from __future__ import annotations

import enum
import json
import math
from collections import OrderedDict, namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.worker.exact import Unkept, encode
from quarterdeck.worker.store import Store

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


def same(one, other):
    """Equal, of the same types, with the same signs of zero and the same order of keys."""
    return repr(one) == repr(other)


@pytest.mark.long
@given(PLAIN)
def test_what_is_kept_comes_back_exactly(value):
    text = encode(value)
    assert text.isascii()
    assert same(json.loads(text), value)


class Colour(enum.IntEnum):
    RED = 1


Point = namedtuple("Point", "x y")
CIRCLE: list = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (math.nan, "JSON has no nan"),
        ([-math.inf], "JSON has no -inf"),
        ((1, 2), "JSON has no tuple"),
        ({1, 2}, "JSON has no set"),
        (b"x", "JSON has no bytes"),
        (Colour.RED, "Colour"),
        (Point(1, 2), "Point"),
        (OrderedDict(), "JSON has no collections.OrderedDict"),
        ({1: "a"}, "the key 1, JSON's keys are texts"),
        (object(), "JSON has no object"),
        (CIRCLE, "contains itself"),
        pytest.param(10**5000, "cannot be written", id="long"),
        ("x" * 64_000, "keep it in a file"),
    ],
)
def test_what_is_not_kept_says_why(value, why):
    with pytest.raises(Unkept) as unkept:
        encode(value)
    assert why in str(unkept.value)


def test_a_commit_says_only_what_changed():
    store = Store()
    store.values.update(a=1, b=[1, 2], c="x")
    assert store.commit() == [
        ["put", "values", {"a": "1"}],
        ["put", "values", {"b": "[1,2]"}],
        ["put", "values", {"c": '"x"'}],
    ]
    assert store.commit() == []
    store.values["b"].append(3)
    del store.values["c"]
    assert store.commit() == [["drop", "values", "c"], ["put", "values", {"b": "[1,2,3]"}]]


def test_a_value_that_comes_back_is_told_again():
    store, one = Store(), "one"
    for value, told in ((one, '"one"'), ([], "[]"), (one, '"one"'), (1, "1"), (True, "true"), (one, '"one"')):
        store.values["k"] = value
        assert store.commit() == [["put", "values", {"k": told}]]
    store.values["k"] = {1, 2}
    assert store.commit() == [["drop", "values", "k"]]
    store.values["k"] = one
    assert store.commit() == [["put", "values", {"k": '"one"'}]]
    store.hear({"k": "5"})
    store.learn()
    store.values["k"] = one
    assert store.commit() == [["put", "values", {"k": '"one"'}]]


def test_restore_brings_the_last_commit_back_into_the_same_dict():
    store = Store({"count": "5", "data": "[1]"})
    values = store.values
    values["count"] += 1
    values["data"].append(2)
    values["new"] = True
    del values["data"]
    store.restore()
    assert values is store.values
    assert values == {"count": 5, "data": [1]}


def test_unkept_values_stay_and_changes_inside_them_are_not_undone():
    store = Store()
    seen = {1}
    store.values.update(seen=seen, count=0)
    assert store.commit() == [["put", "values", {"count": "0"}]]
    assert store.unkept == [{"key": "seen", "why": "JSON has no set"}]
    seen.add(2)
    store.values.update(count=9, seen=None)
    store.restore()
    assert store.values == {"count": 0, "seen": {1, 2}}
    store.values["seen"] = [1, 2]
    assert store.commit() == [["put", "values", {"seen": "[1,2]"}]]
    assert store.unkept == []


def test_a_value_that_can_be_kept_no_more_leaves_the_store_of_the_hub():
    store = Store({"a": "1"})
    store.values["a"] = {1}
    assert store.commit() == [["drop", "values", "a"]]


class Broken:
    def __repr__(self):
        raise RuntimeError

    def __hash__(self):
        return 1


@pytest.mark.parametrize("key", [5, None, ("a", 1), "\ud800", "x" * 2000, Broken()], ids=range(6))
def test_keys_are_texts(key):
    store = Store()
    store.values[key] = 1
    assert store.commit() == []
    assert len(store.unkept) == 1
    assert "key" in store.unkept[0]["why"]
    json.dumps(store.unkept, ensure_ascii=False).encode()
    store.restore()
    assert store.values == {key: 1}


def test_what_runs_beside_stored_is_there_for_the_next_run_and_the_last_writer_of_a_key_wins():
    store = Store({"mine": "1", "theirs": "1", "both": "1", "gone": "1"})
    first = store.values
    store.hear({"theirs": "2", "both": "2", "gone": None, "new": "[2]"})
    assert store.values["theirs"] == 1, "a run that goes on sees its own copy"
    store.values["mine"] += 10
    store.values["both"] += 10
    assert store.commit() == [["put", "values", {"mine": "11"}], ["put", "values", {"both": "11"}]]
    store.learn()
    assert store.values is first
    assert store.values == {"mine": 11, "theirs": 2, "both": 11, "new": [2]}
    assert store.commit() == [], "what was learned is nothing new"
    store.hear({"mine": "5"})
    store.values["mine"] = 99
    store.restore()
    store.learn()
    assert store.values["mine"] == 5, "a run that failed wrote nothing"


def test_a_removed_key_is_a_write_as_well():
    store = Store({"a": "1", "b": "1"})
    store.hear({"a": "2"})
    del store.values["a"]
    assert store.commit() == [["drop", "values", "a"]]
    store.learn()
    assert store.values == {"b": 1}


def test_what_was_learned_replaces_what_only_this_process_could_hold():
    store = Store()
    store.values["x"] = {1, 2}
    store.commit()
    store.hear({"x": "3"})
    store.learn()
    store.restore()
    assert store.values == {"x": 3}
