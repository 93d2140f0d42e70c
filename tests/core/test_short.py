"""A patch in short means what it meant: what it sets is one object, and nothing else."""

from __future__ import annotations

import pytest
from tests.many import many

from quarterdeck.core.fold import fold
from quarterdeck.core.merge import Pending
from quarterdeck.core.ops import Event, sets
from quarterdeck.core.short import ops_of, shorten
from quarterdeck.core.state import TopicState, copied
from quarterdeck.testing.histories import FIELDS, Histories

SCALARS = {"a": 1, "b": None, "c": "text", "d": {"e": []}}


def patch(ops: Event) -> dict[str, object]:
    return {"t": "patch", "topic": "lab", "ops": ops, "batch": 1}


def test_many_fields_become_one_object_and_the_rest_stays() -> None:
    push = ["push", "lines", ["x"], 10]
    long = patch([push, *sets(**SCALARS)])
    assert shorten(long) == {**long, "set": SCALARS, "ops": [push]}
    assert ops_of(shorten(long)) == [*sets(**SCALARS), push]
    assert long["ops"] == [push, *sets(**SCALARS)]


@pytest.mark.parametrize(
    "more",
    [
        [["drop"]],
        [["drop", "a"]],
        [["set", "a", 2]],
        [["put", "d", {"f": 1}]],
    ],
)
def test_what_depends_on_the_order_stays_as_it_is(more: Event) -> None:
    for ops in ([*more, *sets(**SCALARS)], [*sets(**SCALARS), *more]):
        assert shorten(patch(ops)) == patch(ops)


def test_a_few_fields_stay_as_they_are() -> None:
    few = patch([["set", "a", 1], ["push", "b", [], 3], ["put", "c", {}], ["add", "d", {}]])
    assert shorten(few) is few


@pytest.mark.parametrize("seed", many(200, 40))
def test_in_short_or_not_a_patch_has_the_same_effect(seed: int) -> None:
    histories, state, short = Histories(seed, FIELDS), TopicState(), TopicState()
    for _ in range(5):
        pending, before = Pending(), state.copy()
        for event in histories.accepted(state, 20):
            pending.merge(event)
        ops = pending.take()
        fold(before, copied(ops))
        fold(short, ops_of(shorten(patch(ops))))
        assert short == before == state
