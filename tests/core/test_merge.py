"""The law, on a small alphabet: merged operations make the same state as the operations one by one."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import pytest
from tests.many import many

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.merge import Pending
from quarterdeck.core.ops import Refused
from quarterdeck.core.series import cell_of
from quarterdeck.core.state import copied

START = random.SystemRandom().randrange(10**9)


def some_op(rnd: random.Random) -> list[Any]:
    field, key, dice = rnd.choice("abcd"), rnd.choice(["x", "__proto__", "10", ""]), rnd.random()
    if dice < 0.2:
        return rnd.choice([["drop"], ["drop", field], ["drop", field], ["drop", field, key], ["drop", field, key]])
    if dice < 0.4:
        return ["push", field, [rnd.randrange(9) for _ in range(rnd.randrange(5))], rnd.choice([0, 1, 3, 3, 5, 8])]
    if dice < 0.55:
        return ["put", field, {key: rnd.randrange(9)} if dice < 0.5 else {}]
    if dice < 0.75:
        return ["add", field, {key: rnd.choice([1, -3, 2**53 - 1, -(2**53) + 1, 2**52])} if dice < 0.7 else {}]
    return ["set", field, rnd.choice([1, None, [1, 2, 3, 4], [], {"x": 5}, {}, {"x": 2**53 - 1, "10": -3}])]


def accepted(rnd: random.Random, state: TopicState, count: int) -> list[list[Any]]:
    events = []
    for _ in range(count):
        event = [some_op(rnd) for _ in range(rnd.choice([1, 1, 2]))]
        try:
            fold(state, event)
        except Refused:
            continue
        events.append(event)
    return events


def memory_of(thing: Any) -> int:
    """The bytes of everything that hangs on a thing, each object once."""
    seen, waiting, total = set(), [thing], 0
    while waiting:
        found = waiting.pop()
        if id(found) in seen or found is None:
            continue
        seen.add(id(found))
        total += sys.getsizeof(found)
        if isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list | tuple):
            waiting += found
        waiting += [getattr(found, slot) for slot in getattr(type(found), "__slots__", ())]
    return total


@pytest.mark.parametrize("block", many(6))
def test_the_law_on_a_small_alphabet(block: int) -> None:
    for seed in range(START + block * 500, START + block * 500 + 500):
        rnd = random.Random(seed)
        state = TopicState()
        accepted(rnd, state, rnd.randrange(8))
        merged = state.copy()
        events = accepted(rnd, state, rnd.randrange(14))
        kept = copied(events)
        pending = Pending()
        for event in events:
            pending.merge(event)
            if rnd.random() < 0.2:
                fold(merged, pending.take())
        fold(merged, pending.take())
        assert merged == state, (seed, events)
        assert events == kept, "the producer's operations were changed"


FLOOD = [
    [["set", "scalar", 12345], ["set", "replaced", {"x": 1}]],
    [["push", "list", [1, [2, "three"]], 100]],
    [["push", "list", [1, 2, 3, 4, 5, 6, 7, 8], 100]],
    [["put", "map", {"x": 1, "y": "z"}], ["drop", "map", "x"]],
    [["add", "counters", {"x": 2**40, "y": -1}]],
    [
        ["record", "series", {"1": cell_of(24, 60_000_000)}, 0.001],
        ["record", "series", {"2": cell_of(-9, 120_000_000)}, 0.001],
    ],
    [["set", "dropped", [1]], ["drop", "dropped"]],
]


def flooded(times: int) -> Pending:
    pending = Pending()
    for _ in range(times):
        for event in FLOOD:
            pending.merge(event)
    return pending


@pytest.mark.long
def test_memory_follows_the_state_and_not_the_rate() -> None:
    few, many = flooded(200), flooded(2000)
    assert memory_of(many) < memory_of(few) + 2000
    assert len(many.take()) == len(few.take()) <= 10


def test_a_capped_list_never_waits_with_much_more_than_its_cap() -> None:
    pending, most = Pending(), 0
    for number in range(2_000):
        pending.merge([["push", "l", [number], 50]])
        if number % 10 == 0:
            most = max(most, memory_of(pending))
    # Trimming waits until twice the cap, and an integer and its place take 36 bytes.
    assert most < (2 * 50 + 64) * 36 + 1500
    assert pending.take() == [["push", "l", list(range(1_950, 2_000)), 50]]


@pytest.mark.long
def test_the_size_is_about_that_of_the_json() -> None:
    pending = flooded(10)
    size = len(json.dumps(flooded(10).take(), separators=(",", ":")))
    assert size / 2 < pending.size
    for _ in range(2000):
        for event in FLOOD:
            pending.merge(event)
    size = pending.size
    assert size <= 2 * len(json.dumps(pending.take())) + 100_000
    assert pending.size == 0


def test_a_million_updates_are_one_set() -> None:
    pending = Pending()
    for number in range(10_000):
        pending.merge([["set", "n", number]])
    assert pending.take() == [["set", "n", 9999]]
    assert not pending


def test_one_push_stays_one_push() -> None:
    pending = Pending()
    pending.merge([["push", "l", [1, 2], 5]])
    pending.merge([["push", "l", [3], 5]])
    assert pending.take() == [["push", "l", [1, 2, 3], 5]]


def test_a_lowered_cap_is_told_by_an_empty_push() -> None:
    pending = Pending()
    pending.merge([["push", "l", [1], 2]])
    pending.merge([["push", "l", [2], 9]])
    assert pending.take() == [["push", "l", [], 1], ["push", "l", [1, 2], 9]]


def test_a_sum_from_limit_to_limit_is_added_in_two_halves() -> None:
    pending = Pending()
    pending.merge([["add", "c", {"x": 2**53 - 1, "y": 1}]])
    pending.merge([["add", "c", {"x": 2**53 - 1, "y": 1}]])
    state = TopicState({"c": {"x": -(2**53) + 1}}, {"c": ["counters"]})
    ops = pending.take()
    assert len(ops) == 2
    fold(state, ops)
    assert state.values == {"c": {"x": 2**53 - 1, "y": 2}}


def test_the_type_outlives_what_replaced_its_field() -> None:
    pending = Pending()
    for event in (
        [["push", "l", [1], 2]],
        [["set", "l", [1, 2, 3]]],
        [["drop", "l"]],
        [["set", "s", "x"]],
        [["drop", "s"]],
    ):
        pending.merge(event)
    assert pending.take() == [["push", "l", [], 2], ["drop", "l"], ["set", "s", None], ["drop", "s"]]
