"""Pools of unchanged code on a real hub, by fork and by spawn: multiprocessing, executors, joblib and mpire."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.producers.programs import PATIENCE

if TYPE_CHECKING:
    from tests.e2e.producers.programs import Programs

BEGIN = """
import multiprocessing, multiprocessing.pool, sys, time
from quarterdeck.progress import install
install()

def double(number):
    "Twice as much."
    time.sleep(0.002)
    if number == 77:
        raise ValueError("77 is bad")
    return 2 * number

def within(number):
    with multiprocessing.pool.ThreadPool(2) as pool:
        return sum(pool.map(double, range(number), 1))

def mapped(pool, numbers):
    try:
        return sum(pool.map(double, numbers))
    except ValueError:
        return "failed"
"""
MULTIPROCESSING = (
    BEGIN
    + """
if __name__ == "__main__":
    said = []
    with multiprocessing.get_context(sys.argv[1]).Pool(2, maxtasksperchild=3) as pool:
        for _ in range(2):
            said.append(mapped(pool, range(30)))
        said.append(sum(pool.imap_unordered(double, iter(range(30)), 5)))
        said.append(sum(pool.starmap(double, [(number,) for number in range(30)])))
        said.append(sum(result.get() for result in [pool.apply_async(double, (number,)) for number in range(30)]))
        said.append(sum(pool.imap(within, range(3))))
        said.append(mapped(pool, range(70, 80)))
        pool.close()
        pool.join()
    print(said)
"""
)
FUTURES = (
    BEGIN
    + """
from concurrent.futures import ProcessPoolExecutor
from joblib import Parallel, delayed
if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(sys.argv[1])) as pool:
        said = [mapped(pool, range(30)), sum(pool.map(double, range(30), chunksize=7))]
        said.append(sum(future.result() for future in [pool.submit(double, number) for number in range(30)]))
        said.append(mapped(pool, range(70, 80)))
    said.append(sum(Parallel(2)(delayed(double)(number) for number in range(30))))
    print(said)
"""
)
MPIRE = (
    BEGIN
    + """
from mpire import WorkerPool
class Bars:
    def __init__(self, pool):
        self.pool = pool
    def map(self, function, numbers):
        return self.pool.map(function, numbers, progress_bar=True)
if __name__ == "__main__":
    with WorkerPool(2, start_method=sys.argv[1], enable_insights=True) as pool:
        said = [mapped(Bars(pool), range(30)), mapped(Bars(pool), range(70, 80))]
        said.append(sum(pool.imap(double, iter(range(30)), progress_bar=True, iterable_len=30)))
        said.append(sum(pool.map(double, range(30))))
    print(said)
"""
)
LONG = """
import multiprocessing, sys, time
from quarterdeck.progress import install
install()
from concurrent.futures import ProcessPoolExecutor
from joblib import Parallel, delayed
from mpire import WorkerPool

def slow(number):
    time.sleep(0.01)
    return number

def main(way, count):
    if way == "pool":
        with multiprocessing.Pool(2) as pool:
            return sum(pool.map(slow, range(count), 1))
    if way == "futures":
        with ProcessPoolExecutor(2) as pool:
            return sum(pool.map(slow, range(count)))
    if way == "joblib":
        return sum(Parallel(2)(delayed(slow)(number) for number in range(count)))
    with WorkerPool(2) as pool:
        return sum(pool.map(slow, range(count), progress_bar=True))

if __name__ == "__main__":
    print(*[main(way, int(sys.argv[2])) for way in sys.argv[1].split()])
"""
WAYS = ("pool", "futures", "joblib", "mpire")


def of(jobs: list[dict[str, Any]], name: str) -> list[tuple[Any, ...]]:
    """State, done, total and workers of the bars of this name, as they began."""
    found = [job for job in jobs if job["name"] == name and "pid" not in job]
    return [(job["state"], job["done"], job.get("total"), job["workers"]) for job in found]


def run(programs: Programs, text: str, method: str) -> list[dict[str, Any]]:
    """Its jobs, after it has ended as it does without us."""
    assert programs.start(text, method).wait(PATIENCE) == 0
    programs.wait_for("program.py", state="done")
    programs.deck.bring()
    return programs.jobs()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_each_map_of_a_pool_of_processes_is_a_job(programs: Programs, method: str) -> None:
    jobs = run(programs, MULTIPROCESSING, method)
    assert programs.printed() == "[870, 870, 870, 870, 870, 2, 'failed']\n"
    program = next(job for job in jobs if job["role"] == "program")
    of_pool = [job for job in jobs if job["process"] == program["process"]]
    done = ("done", 30, 30, 2)
    failed = ("failed", 10, 10, 2)
    assert of(of_pool, "double") == [done, done, ("done", 30, None, 2), done, done, failed]
    assert of(of_pool, "within") == [("done", 3, 3, 2)]
    # Those of the pools in its workers stand under these.
    within = [job for job in jobs if job["name"] == "double" and job["process"] != program["process"]]
    assert sorted(job["done"] for job in within) == [0, 1, 2]
    assert {job["program"] for job in within} == {program["process"]}
    error = next(job for job in jobs if job["state"] == "failed")
    assert error["error"] == {"type": "ValueError", "message": "77 is bad"}
    assert 'raise ValueError("77 is bad")' in error["traceback"]
    place = programs.place(error)
    assert (place["function"]["name"], place["function"]["doc"]) == ("double", "Twice as much.")
    assert dict(place["called"]["code"])[place["called"]["line"]].strip() == "return sum(pool.map(double, numbers))"


LEFT = (
    BEGIN
    + """
from quarterdeck.progress import track
def loop(number):
    time.sleep(0.1)  # so that it is told of before its worker is ended
    return len(list(track(range(number))))

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(sum(pool.map(loop, range(8), 1)))
    forgotten = multiprocessing.get_context(sys.argv[1]).Pool(2)
    print(sum(forgotten.map(loop, range(8), 1)))
"""
)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_that_a_pool_ends_are_not_lost(programs: Programs, method: str) -> None:
    """It ends them by SIGTERM, at the end of a ``with`` as well as at the end of the program."""
    run(programs, LEFT, method)
    programs.wait_until(
        lambda jobs: {job["state"] for job in jobs if job["role"] == "worker"} == {"done"}  # and none runs any more
    )
    assert any(job["reason"] == "its program ended it" for job in programs.jobs())


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_each_map_of_an_executor_and_call_of_joblib_is_a_job(programs: Programs, method: str) -> None:
    jobs = run(programs, FUTURES, method)
    assert programs.printed() == "[870, 870, 870, 'failed', 870]\n"
    done = ("done", 30, 30, 2)
    states = of(jobs, "double")
    # All that is submitted is one job, which begins with the first of it.
    assert [*states[:3], states[4]] == [done] * 4
    assert states[3][0] == "failed"
    error = next(job for job in jobs if job["state"] == "failed")
    assert 'raise ValueError("77 is bad")' in error["traceback"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_bars_of_mpire_are_jobs_with_its_insights(programs: Programs, method: str) -> None:
    jobs = run(programs, MPIRE, method)
    assert programs.printed() == "[870, 'failed', 870, 870]\n"
    states = of(jobs, "double")
    assert [states[0], states[2]] == [("done", 30, 30, 2)] * 2
    assert states[1][0] == "failed"
    assert len(states) == 3
    bar = next(job for job in jobs if job["state"] == "done" and job["role"] == "bar")
    assert sum(worker["tasks"] for worker in bar["insights"].values()) == 30
    assert set(bar["insights"]["0"]) == {"tasks", "start", "init", "waiting", "working", "exit"}
    assert {task["args"] for task in bar["longest"]} == {None}
    assert programs.place(bar)["function"]["signature"] == "double(number)"
    error = next(job for job in jobs if job["state"] == "failed")
    assert error["error"] == {"type": "ValueError", "message": "77 is bad"}
    assert 'raise ValueError("77 is bad")' in error["traceback"]
    assert "\x1b" not in error["traceback"]


def test_ctrl_c_interrupts_what_a_pool_does(programs: Programs) -> None:
    started = [programs.start(LONG, way, "4000") for way in WAYS]
    programs.wait_until(lambda jobs: sum(job["name"] == "slow" and job["done"] > 0 for job in jobs) == len(WAYS))
    for program in started:
        # Not to its workers: one that dies with a lock of multiprocessing's would hold up the program, without us too.
        program.send_signal(signal.SIGINT)
        program.wait(PATIENCE)
    programs.wait_until(lambda jobs: [job["state"] for job in jobs if job["name"] == "slow"] == ["interrupted"] * 4)


@pytest.mark.parametrize("trouble", [signal.SIGSTOP, signal.SIGKILL])
def test_the_hub_in_trouble_costs_a_pool_nothing(programs: Programs, trouble: signal.Signals) -> None:
    program = programs.start(LONG, " ".join(WAYS), "300")
    programs.wait_for("slow", state="running")
    hub = programs.deck._hub.pid
    os.kill(hub, trouble)
    try:
        assert program.wait(PATIENCE) == 0
        assert programs.printed().split() == ["44850"] * len(WAYS)
    finally:
        if trouble == signal.SIGSTOP:
            os.kill(hub, signal.SIGCONT)
