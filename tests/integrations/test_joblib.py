"""Calls of joblib as jobs, by its backends without processes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from joblib import Parallel, delayed, parallel
from tests.integrations.conftest import patched

from quarterdeck.integrations import joblib as integration
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integrations.conftest import Told


def double(number: int) -> int:
    """Twice as much."""
    if number < 0:
        raise ValueError(f"{number} is below zero")
    return 2 * number


@pytest.fixture(autouse=True)
def reporting(told: Told) -> Iterator[None]:
    # It polls for results, which is no waiting of ours.
    with patched(integration, parallel, Parallel), pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel.time, "sleep", lambda seconds: None)
        yield


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("given", ["list", "generator"])
def test_a_call_is_a_job_with_the_function_that_it_calls(told: Told, workers: int, given: str) -> None:
    tasks = (delayed(double)(number) for number in range(5))
    assert Parallel(workers, "threading")(list(tasks) if given == "list" else tasks) == [0, 2, 4, 6, 8]
    job = told.jobs()["double"]
    assert (job["state"], job["done"], job["total"], job["workers"]) == ("done", 5, 5, workers)
    assert job["function"]["doc"] == "Twice as much."
    assert job["called"]["file"] == __file__
    assert told.events() == ["job.done"]


def test_how_far_it_is_can_be_seen_and_without_a_length_the_total_comes_at_last(told: Told) -> None:
    seen = []

    def look(number: int) -> int:
        seen.append(next(iter(told.jobs().values())))
        return number

    assert Parallel(1)(delayed(look)(number) for number in range(3)) == [0, 1, 2]
    assert [(job["state"], job["done"], job.get("total")) for job in seen] == [
        ("running", number, None) for number in range(3)
    ]
    assert [job["total"] for job in told.jobs().values()] == [3]


def test_the_same_one_is_a_job_for_each_call(told: Told) -> None:
    with Parallel(2, "threading") as both:
        for _ in range(2):
            both(delayed(double)(number) for number in range(3))
    assert told.events() == ["job.done"] * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_fails_it(told: Told, workers: int) -> None:
    with pytest.raises(ValueError, match="below zero"):
        Parallel(workers, "threading")(delayed(double)(number) for number in (1, -1))
    job = told.jobs()["double"]
    assert (job["state"], job["error"]["type"]) == ("failed", "ValueError")
    assert "in double" in job["traceback"]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_is_told(told: Told, workers: int) -> None:
    def tasks() -> Iterator[object]:
        yield delayed(double)(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Parallel(workers, "threading")(tasks())
    assert told.jobs()["double"]["state"] == "interrupted"


@pytest.mark.parametrize("workers", [1, 2])
def test_what_gives_its_results_one_by_one_ends_when_all_are_given(told: Told, workers: int) -> None:
    results = Parallel(workers, "threading", return_as="generator")(delayed(double)(number) for number in range(5))
    reporter.look()
    assert [job["state"] for job in told.jobs().values()] == ["running"]
    assert list(results) == [0, 2, 4, 6, 8]
    job = told.jobs()["double"]
    assert (job["state"], job["done"], job["total"]) == ("done", 5, 5)


def test_one_within_another_stays_itself(told: Told) -> None:
    def inner(number: int) -> int:
        return sum(Parallel(1)(delayed(double)(each) for each in range(number)))

    assert Parallel(2, "threading")(delayed(inner)(number) for number in range(3)) == [0, 0, 2]
    assert {job["state"] for job in told.jobs().values()} == {"done"}
    assert threading.active_count() >= 1
