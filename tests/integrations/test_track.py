"""``track``, which needs no library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from quarterdeck.progress import track
from quarterdeck.sdk.jobs.process import PARENT, begin_run, end_run
from quarterdeck.sdk.jobs.reporter import company_of, pace_of, reporter

if TYPE_CHECKING:
    from tests.integrations.conftest import Told


def test_it_gives_what_it_is_given_and_tells(told: Told) -> None:
    seen = []
    for letter in track("abc", "letters"):
        if seen:
            assert told.jobs()["letters"]["done"] == len(seen)
        seen.append(letter)
    job = told.jobs()["letters"]
    assert seen == ["a", "b", "c"]
    assert (job["state"], job["done"], job["total"]) == ("done", 3, 3)
    assert job["called"]["file"] == __file__


def test_a_total_may_be_given_or_unknown(told: Told) -> None:
    list(track(iter("ab"), "given", total=2))
    list(track(iter("ab"), "unknown"))
    assert [(job["state"], job.get("total")) for job in told.jobs().values()] == [("done", 2), ("done", None)]


def test_the_more_jobs_move_the_less_often_each_is_looked_at(told: Told) -> None:
    bars = [iter(track(range(9), f"bar {number}")) for number in range(3)]
    for bar in bars:
        next(bar)
    reporter.look()
    next(bars[0]), next(bars[2])
    reporter.look()
    assert reporter.moved == 2
    reporter.look()
    assert reporter.moved == 0
    assert [pace_of(moved) for moved in (0, 200, 500, 2000, 50_000)] == [0.1, 0.1, 0.25, 1.0, 1.0]
    assert told.jobs()["bar 0"]["done"] == 1


def test_where_very_many_open_and_close_they_are_told_of_together() -> None:
    assert [company_of(waiting) for waiting in (0, 19, 20, 5000)] == [0.02, 0.02, 0.1, 0.1]


def test_leaving_it_stops_it(told: Told) -> None:
    for _ in track([1, 2], "left"):
        break
    assert told.jobs()["left"]["state"] == "stopped"


def test_an_error_of_the_source_fails_it(told: Told) -> None:
    with pytest.raises(ZeroDivisionError):
        list(track((1 / number for number in (1, 0)), "risky"))
    job = told.jobs()["risky"]
    assert (job["state"], job["done"], job["error"]["type"]) == ("failed", 1, "ZeroDivisionError")


def test_jobs_of_a_run_of_a_script_say_so(told: Told) -> None:
    begin_run("0abc")
    list(track([1], "in a run"))
    end_run()
    list(track([1], "after it"))
    jobs = told.jobs()
    assert (jobs["in a run"]["run"], jobs["after it"].get("run")) == ("0abc", None)


def test_what_is_open_when_the_process_ends_was_left(told: Told) -> None:
    steps = track([1, 2], "open")
    next(steps)
    process = told.jobs()["open"]["process"]
    reporter.finish()
    assert (told.jobs()["open"]["state"], told.state(process)["state"]) == ("stopped", "done")


def test_a_process_that_forks_is_told_before_its_children(told: Told) -> None:
    reporter.begin()
    reporter.forked()
    list(track([1], "of the child"))
    worker = told.state(told.jobs()["of the child"]["process"])
    assert worker["role"] == "worker"
    assert told.state(worker["parent"])["role"] == "program"


def test_a_forked_child_tells_of_its_own_only(told: Told) -> None:
    steps = track([1, 2], "of the parent")
    next(steps)
    parent = told.jobs()["of the parent"]["process"]
    reporter.forked()
    list(track([1], "of the child"))
    job = told.jobs()["of the child"]
    assert job["parent"] == job["process"] != parent
    assert os.environ[PARENT] == f"{parent}/{job['process']}"
    assert (job["role"], job["program"]) == ("bar", parent)
    worker = told.state(job["process"])
    assert (worker["role"], worker["parent"], worker["program"]) == ("worker", parent, parent)
    assert told.state(parent)["role"] == "program"
    assert told.jobs()["of the parent"]["state"] == "running"
