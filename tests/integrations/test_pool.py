"""What pools of multiprocessing are given as jobs; here those of threads, which are the same but for the processes."""

from __future__ import annotations

import threading
from multiprocessing import pool as module
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING

import pytest
from tests.integrations.conftest import patched

from quarterdeck.integrations import pool as integration
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integrations.conftest import Told


def double(number: int) -> int:
    """Twice as much."""
    if number < 0:
        raise ValueError(f"{number} is below zero")
    return 2 * number


@pytest.fixture
def pool(told: Told) -> Iterator[ThreadPool]:
    with patched(integration, module, module.Pool):
        pool = ThreadPool(2)
        yield pool
        pool.terminate()
        pool.join()


WAYS: dict[str, Callable[[ThreadPool], object]] = {
    "map": lambda pool: pool.map(double, range(7)),
    "map in chunks": lambda pool: pool.map(double, range(7), 3),
    "starmap": lambda pool: pool.starmap(double, [(number,) for number in range(7)]),
    "map_async": lambda pool: pool.map_async(double, iter(range(7))).get(),
    "starmap_async": lambda pool: pool.starmap_async(double, zip(range(7), strict=True)).get(),
    "imap": lambda pool: list(pool.imap(double, range(7))),
    "imap in chunks": lambda pool: list(pool.imap(double, range(7), 3)),
    "imap of a generator": lambda pool: list(pool.imap(double, iter(range(7)))),
    "imap_unordered": lambda pool: sorted(pool.imap_unordered(double, range(7))),
    "imap_unordered in chunks": lambda pool: sorted(pool.imap_unordered(double, range(7), 2)),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_map_is_a_job_with_the_function_that_it_calls(told: Told, pool: ThreadPool, way: str) -> None:
    assert WAYS[way](pool) == [0, 2, 4, 6, 8, 10, 12]
    pool.close()
    pool.join()
    job = told.jobs()["double"]
    assert (job["state"], job["done"], job["total"], job["workers"]) == ("done", 7, 7, 2)
    assert job["function"]["doc"] == "Twice as much."
    assert job["called"]["file"] == __file__
    assert told.events()[-1] == "job.done"
    assert "traceback" not in job


def test_how_far_a_map_is_can_be_seen(told: Told, pool: ThreadPool) -> None:
    go = threading.Event()
    reached = threading.Semaphore(0)

    def step(number: int) -> int:
        reached.release()
        if number >= 2:
            go.wait()
        return number

    result = pool.map_async(step, range(4), 1)
    iterated = pool.imap(double, range(3))
    assert not result.ready()
    for _ in range(4):
        reached.acquire()
    name = next(iter(told.jobs()))
    while told.jobs()[name]["done"] < 2:
        pass
    assert (told.jobs()[name]["state"], told.jobs()[name]["done"], told.jobs()[name]["total"]) == ("running", 2, 4)
    go.set()
    assert result.get() == [0, 1, 2, 3]
    assert list(iterated) == [0, 2, 4]
    assert told.jobs()[name]["state"] == told.jobs()["double"]["state"] == "done"


def test_all_that_is_applied_is_one_job_until_the_pool_is_closed(told: Told, pool: ThreadPool) -> None:
    got: list[int] = []
    results = [pool.apply_async(double, (number,), callback=got.append) for number in range(5)]
    assert [result.get() for result in results] == [0, 2, 4, 6, 8]
    assert pool.apply(double, (9,)) == 18
    assert sorted(got) == [0, 2, 4, 6, 8]
    job = told.jobs()["double"]
    assert (job["state"], job["done"], job["total"]) == ("running", 6, 6)
    pool.close()
    assert told.jobs()["double"]["state"] == "done"


def test_an_error_of_a_task_fails_its_map_and_reaches_who_waits(told: Told, pool: ThreadPool) -> None:
    errors: list[BaseException] = []
    with pytest.raises(ValueError, match="below zero"):
        pool.map_async(double, [1, -1, 2], error_callback=errors.append).get()
    assert len(errors) == 1
    job = told.jobs()["double"]
    assert (job["state"], job["error"]["type"]) == ("failed", "ValueError")
    assert "is below zero" in job["traceback"]


def test_an_error_that_nobody_has_taken_yet_fails_what_gives_one_by_one(told: Told, pool: ThreadPool) -> None:
    results = pool.imap(double, [1, -1, 2])
    pool.close()
    pool.join()
    assert told.jobs()["double"]["state"] == "failed"
    assert next(results) == 2


@pytest.mark.parametrize(
    ("error", "state"), [(None, "stopped"), (KeyboardInterrupt(), "interrupted"), (OSError("no"), "failed")]
)
def test_what_a_pool_has_not_done_when_it_is_left_ends_with_it(
    told: Told, pool: ThreadPool, error: BaseException | None, state: str
) -> None:
    go, began = threading.Event(), threading.Semaphore(0)

    def block(_: int) -> None:
        began.release()
        go.wait()

    def work() -> None:
        with pool:
            pool.map_async(block, range(4), 1)
            pool.imap(block, range(4))
            pool.apply_async(block, (1,))
            began.acquire()
            if error is not None:
                raise error

    if error is None:
        work()
    else:
        with pytest.raises(type(error)):
            work()
    go.set()
    assert set(told.events()) == {f"job.{state}"}


def test_a_map_of_nothing_is_done_and_one_that_a_pool_refuses_is_not_left_open(told: Told, pool: ThreadPool) -> None:
    assert pool.map(double, []) == []
    pool.close()
    with pytest.raises(ValueError, match="not running"):
        pool.map(double, [1])
    reporter.look()
    assert sorted(told.events()) == ["job.done", "job.failed"]
