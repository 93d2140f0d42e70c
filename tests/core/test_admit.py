"""What a hub admits is what fits and is plain, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.admit import SHORT, admit
from quarterdeck.core.begin import begin
from quarterdeck.core.check import check
from quarterdeck.core.fold import TopicState, apply
from quarterdeck.core.ops import TWO_53, Refused
from quarterdeck.core.plain import check_values
from quarterdeck.core.state import copied
from quarterdeck.hub.delivery.weight import weight_of
from quarterdeck.testing.histories import FIELDS, Histories

ODD: tuple[list[list[Any]], ...] = (
    [["set", "new", 1], ["push", "new", [1]]],
    [["push", "new", [1]], ["set", "new", 1]],
    [["set", "new", 1], ["set", "new", None, "blob"]],
    [["set", "new", 1], ["drop"], ["push", "new", [1]]],
    [["add", "c", {"x": 1}], ["set", "new", "x" * 500], ["add", "c", {"x": TWO_53 - 1}]],
    [["set", "new", TWO_53 + 1]],
    [["set", "new", float("nan")]],
    [["set", "new", "\ud800"]],
    [["set", "f" * 600, 1]],
    [["set", "known", [1, [2, {"k": "\ud800"}]]], ["set", "new", 1]],
    [["push", "l", ["x" * 70_000]]],
)


def refusal(event: Any, state: TopicState, looks: tuple[Any, ...]) -> str | None:
    try:
        for look in looks:
            look(state, event)
    except Refused as refused:
        return refused.code
    return None


def slowly(_state: TopicState, event: Any) -> None:
    check_values(event)


@pytest.mark.parametrize("event", ODD, ids=str)
def test_odd_events_are_judged_as_by_the_two_checks(event: list[list[Any]]) -> None:
    state = TopicState({"known": 1, "c": {}, "l": []}, {"c": ["counters"], "l": ["list", 5]})
    expected = refusal(copied(event), state, (check, slowly))
    assert refusal(event, state, (admit,)) == expected


@pytest.mark.parametrize("event", ODD, ids=str)
def test_what_begins_oddly_is_left_to_the_two_checks(event: list[list[Any]]) -> None:
    assert begin(event) is None


@pytest.mark.parametrize("seed", range(12))
def test_what_begins_is_what_checks_and_fold_make_of_it(seed: int) -> None:
    histories, lines = Histories(seed, FIELDS[:3]), [["push", "tail", [], 3], ["push", "tail", [[1, "O", "x"]], 3]]
    for _ in range(40):
        event = [*lines, *histories.event(TopicState())]
        begun = begin(copied(event))
        if begun is not None:
            slow, state, again = TopicState(), TopicState(), TopicState()
            assert refusal(event, slow, (check, slowly)) is None
            apply(slow, event)
            begun.fold(state)
            apply(again, begun.unfold())
            assert state == again == slow
            assert weight_of(state) <= begun.size


@pytest.mark.parametrize("seed", range(30))
def test_random_events_are_judged_as_by_the_two_checks(seed: int) -> None:
    histories, state = Histories(seed, FIELDS[:3]), TopicState()
    for _ in range(60):
        event = histories.event(state)
        expected = refusal(copied(event), state, (check, slowly))
        assert refusal(event, state, (admit,)) == expected
        if expected is None:
            apply(state, event)


def test_a_state_does_not_grow_more_than_is_said() -> None:
    state, said = TopicState(), 0
    for number in range(50):
        event = [["set", f"f{number % 30}", "x" * min(number * 10, SHORT)], ["put", "m", {str(number): ["y" * number]}]]
        said += admit(state, event)
        apply(state, event)
    assert weight_of(state) <= said
