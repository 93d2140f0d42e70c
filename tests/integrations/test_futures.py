"""What executors are given as jobs: maps, what is submitted, and how they end."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import Future, ThreadPoolExecutor, thread
from typing import TYPE_CHECKING, Any

import pytest
from tests.integrations.conftest import patched

from quarterdeck.integrations import futures
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integrations.conftest import Told


def double(number: int) -> int:
    """Twice as much."""
    if number < 0:
        raise ValueError(f"{number} is below zero")
    return 2 * number


def finished(told: Told, name: str, count: int) -> None:
    """Wait until so many are: a future is first done, and then tells so."""
    while told.jobs()[name]["done"] < count:
        pass


@pytest.fixture
def executor(told: Told) -> Iterator[ThreadPoolExecutor]:
    with patched(futures, thread, ThreadPoolExecutor):
        executor = ThreadPoolExecutor(2)
        yield executor
        executor.shutdown()


def test_a_map_is_a_job_with_the_function_that_it_calls(told: Told, executor: ThreadPoolExecutor) -> None:
    assert list(executor.map(double, range(5))) == [0, 2, 4, 6, 8]
    executor.shutdown()
    job = told.jobs()["double"]
    assert (job["state"], job["done"], job["total"], job["workers"]) == ("done", 5, 5, 2)
    assert job["function"]["name"] == "double"
    assert job["function"]["signature"] == "double(number)"
    assert job["function"]["doc"] == "Twice as much."
    assert job["called"]["file"] == __file__
    assert dict(job["called"]["code"])[job["called"]["line"]].strip().startswith("assert list(executor.map(")
    assert told.events() == ["job.done"]


def test_each_map_is_one_and_generators_without_length_are_counted(told: Told, executor: ThreadPoolExecutor) -> None:
    for _ in range(2):
        list(executor.map(functools.partial(pow, 2), iter(range(3))))
    executor.shutdown()
    assert told.events() == ["job.done"] * 2
    assert [(job["done"], job["total"]) for job in told.jobs().values()] == [(3, 3)]


def test_all_that_is_submitted_is_one_job_until_the_executor_is_shut_down(
    told: Told, executor: ThreadPoolExecutor
) -> None:
    go = threading.Event()
    first = [executor.submit(double, number) for number in range(3)]
    assert [future.result() for future in first] == [0, 2, 4]
    waiting = executor.submit(double, 3), executor.submit(go.wait)
    waiting[0].result()
    finished(told, "ThreadPoolExecutor", 4)
    job = told.jobs()["ThreadPoolExecutor"]
    assert (job["state"], job["done"], job["total"]) == ("running", 4, 5)
    go.set()
    executor.shutdown()
    job = told.jobs()["ThreadPoolExecutor"]
    assert (job["state"], job["done"], job["total"]) == ("done", 5, 5)


def test_what_a_task_raised_is_told_of_the_first_and_counted(told: Told, executor: ThreadPoolExecutor) -> None:
    given = [executor.submit(double, number) for number in (1, -1, -2)]
    assert isinstance(given[1].exception(), ValueError)
    executor.shutdown()
    job = told.jobs()["double"]
    assert (job["state"], job["done"], job["postfix"]) == ("failed", 3, "2 failed")
    assert job["error"]["type"] == "ValueError"
    assert "is below zero" in job["traceback"]


def test_what_was_cancelled_was_stopped(told: Told, executor: ThreadPoolExecutor) -> None:
    go, began = threading.Event(), threading.Barrier(3)

    def block(_: int) -> None:
        began.wait()
        go.wait()

    results = executor.map(block, range(5))
    began.wait()
    executor.shutdown(wait=False, cancel_futures=True)
    go.set()
    executor.shutdown()
    assert next(results) is None
    name = next(iter(told.jobs()))
    job = told.jobs()[name]
    assert name.endswith("block")
    assert (job["state"], job["done"], job["total"]) == ("stopped", 2, 5)


def test_an_interrupt_out_of_its_block_is_told(told: Told, executor: ThreadPoolExecutor) -> None:
    go = threading.Event()

    def work() -> None:
        with executor:
            executor.submit(go.wait)
            go.set()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert [job["state"] for job in told.jobs().values()] == ["interrupted"]


def test_one_that_is_never_shut_down_is_done_when_its_tasks_are(told: Told, executor: ThreadPoolExecutor) -> None:
    executor.submit(double, 1).result()
    executor.submit(double, 2).result()
    finished(told, "double", 2)
    assert told.jobs()["double"]["state"] == "running"
    reporter.finish()
    assert told.jobs()["double"]["state"] == "done"


def test_executors_of_libraries_are_their_own_affair(told: Told, executor: ThreadPoolExecutor) -> None:
    names: dict[str, Any] = {"__name__": "asyncio.base_events", "executor": executor, "double": double}
    exec("future = executor.submit(double, 2); mapped = list(executor.map(double, [1]))", names)
    assert names["future"].result() == 4
    assert names["mapped"] == [2]
    assert told.jobs() == {}


def test_whatever_goes_wrong_in_reporting_is_not_the_programs(
    told: Told, executor: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("for this test")

    monkeypatch.setattr(futures, "place_of", broken)
    assert list(executor.map(double, [1, 2])) == [2, 4]
    future: Future[int] = executor.submit(double, 3)
    assert future.result() == 6
    assert told.jobs() == {}
    assert "for this test" in capsys.readouterr().err
