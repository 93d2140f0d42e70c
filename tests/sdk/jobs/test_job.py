"""What a job tells: only what is new, its rate, and a history that does not grow with its length."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.sdk.jobs.job import SECOND, Job
from quarterdeck.sdk.jobs.rate import Rate

START = 1_800_000_000_000_000


def played(seconds: int, a_second: float) -> TopicState:
    """A job that is looked at each second."""
    state = TopicState()
    job = Job("1", START)
    fold(state, job.begin({"name": "steady", "done": 0, "total": 10**9}, START))
    for second in range(1, seconds + 1):
        fold(state, job.tell({"done": second * a_second}, START + second * SECOND))
    return state


def test_only_what_is_new_is_told() -> None:
    job = Job("1", START)
    job.begin({"name": "rows", "done": 0, "total": None}, START)
    assert job.tell({"name": "rows", "done": 0, "total": None}, START + SECOND) == []
    assert job.tell({"name": "rows", "done": 0, "total": 5}, START + SECOND) == [["set", "total", 5]]
    fields = {op[1] for op in job.tell({"done": 1}, START + 2 * SECOND)}
    assert fields == {"done", "rate", "changed", "history"}


def test_numbers_that_json_does_not_have_are_made_plain() -> None:
    job = Job("1", START)
    job.begin({"done": 0}, START)
    assert ["set", "total", None] in job.tell({"total": float("inf")}, START)


def test_insights_are_a_map_and_the_longest_tasks_a_list() -> None:
    state, job = TopicState(), Job("1", START)
    first = {"insights": {"0": {"tasks": 1}}, "longest": [{"seconds": 1.5, "args": None}]}
    fold(state, job.begin({"done": 0, **first}, START))
    fold(state, job.tell({"insights": {"0": {"tasks": 2}}}, START + SECOND))
    assert (state.types["insights"][0], state.types["longest"]) == ("map", ["list", 5])
    assert (state.values["insights"], state.values["longest"]) == ({"0": {"tasks": 2}}, first["longest"])


def test_it_ends_once() -> None:
    job = Job("1", START)
    job.begin({"done": 0}, START)
    assert ["set", "state", "done"] in job.end("done", {"done": 3}, START + SECOND)
    assert job.end("failed", {}, START + SECOND) == []


@pytest.mark.parametrize("done", [0, 7])
def test_what_was_opened_and_closed_at_once_says_the_same_but_for_how_it_went_in_between(done: int) -> None:
    shared = [["set", "role", "bar"]]
    last = {"name": "brief", "done": done, "total": 7, "unit": None, "error": {"type": "KeyError"}}
    told, passed = TopicState(), TopicState()
    job = Job("1", START)
    fold(told, job.begin({**last, "done": 0, "error": None}, START, shared))
    fold(told, job.end("stopped", last, START + SECOND))
    again = Job("1", START)
    fold(passed, again.pass_by(last, "stopped", START + SECOND, shared))
    between = {"changed", "rate", "history", "unit"}
    assert passed.values == {field: value for field, value in told.values.items() if field not in between}
    fold(passed, again.end("failed", {"error": None}, START + 2 * SECOND))
    assert (passed.values["state"], passed.values["error"]) == ("failed", None)


def test_what_was_left_may_turn_out_to_have_failed() -> None:
    job = Job("1", START)
    job.begin({}, START)
    job.end("stopped", {}, START)
    assert ["set", "state", "failed"] in job.end("failed", {}, START)


@pytest.mark.long
@pytest.mark.parametrize(("seconds", "most"), [(100, 101), (3000, 450), (30_000, 700)])
def test_its_history_is_bounded_and_reaches_back_to_its_beginning(seconds: int, most: int) -> None:
    history: list[Any] = played(seconds, 5).values["history"]
    assert len(history) <= most
    assert history[0] == [START, 0]
    assert history[-1][0] >= START + seconds * SECOND * 0.99


def test_the_rate_of_an_even_job_is_exact_from_its_first_steps_on() -> None:
    for seconds in (1, 2, 100):
        assert played(seconds, 4).values["rate"] == 4.0


def test_the_rate_follows_a_change_and_one_slow_step_does_not_rule_it() -> None:
    rate = Rate()
    done = 0.0
    for second in range(60):
        done += 10
        rate.at(START + second * SECOND, done)
    after_one = rate.at(START + 60 * SECOND, done)
    assert after_one is not None
    assert 8.5 < after_one < 10
    for second in range(61, 121):
        last = rate.at(START + second * SECOND, done)
    assert last is not None
    assert last < 0.1


def test_a_job_that_begins_again_has_no_rate_yet() -> None:
    rate = Rate()
    rate.at(START, 0)
    rate.at(START + SECOND, 50)
    assert rate.at(START + 2 * SECOND, 0) is None
