"""Jobs of real programs on a real hub: what is told of them, and that the hub's troubles are never theirs."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from tests.e2e.producers.programs import PATIENCE

if TYPE_CHECKING:
    from tests.e2e.producers.programs import Programs

LOOP = """
import sys, time
from quarterdeck.progress import tqdm
for row in tqdm(range(int(sys.argv[1])), desc="rows"):
    time.sleep(0.01)
print(time.time())
"""
POOL = """
import multiprocessing, sys, time
from quarterdeck.progress import install
install()
from tqdm import tqdm

def work(part):
    for step in tqdm(range(5), desc=f"part {part}"):
        time.sleep(0.001)

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        for done in tqdm(pool.imap(work, range(6)), total=6, desc="all parts"):
            pass
        pool.close()
        pool.join()
"""
FAILING = """
from quarterdeck.progress import track
def work():
    for row in track(range(5), "rows"):
        if row == 3:
            raise ValueError("row 3 is bad")
work()
"""
STOPPABLE = """
import threading
from quarterdeck.progress import install, track
install(stop=True)
try:
    for row in track([1], "rows"):
        threading.Event().wait(60)
except KeyboardInterrupt:
    print("tidied up")
"""


def test_a_loop_is_seen_while_it_runs_and_when_it_is_done(programs: Programs) -> None:
    program = programs.start(LOOP, "300")
    programs.wait_for("rows", state="running", total=300)
    assert program.wait(PATIENCE) == 0
    assert programs.wait_for("rows", state="done")["done"] == 300
    assert programs.wait_for("program.py", state="done")["pid"] == program.pid


def test_a_program_that_is_killed_has_lost_jobs(programs: Programs) -> None:
    program = programs.start(LOOP, "100000")
    programs.wait_for("rows", state="running")
    program.kill()
    program.wait(PATIENCE)
    assert f"process {program.pid}" in programs.wait_for("rows", state="lost")["reason"]
    programs.wait_for("program.py", state="lost")


def test_an_uncaught_error_is_shown_where_it_happened(programs: Programs) -> None:
    assert programs.start(FAILING).wait(PATIENCE) == 1
    job = programs.wait_for("rows", state="failed")
    assert "ValueError: row 3 is bad" in job["traceback"]
    assert programs.place(job)["function"]["name"] == "work"
    programs.wait_for("program.py", state="failed")


def test_ctrl_c_interrupts_it(programs: Programs) -> None:
    program = programs.start(LOOP, "100000")
    programs.wait_for("rows", state="running")
    program.send_signal(signal.SIGINT)
    assert program.wait(PATIENCE) == -signal.SIGINT
    programs.wait_for("rows", state="interrupted")


def test_an_admin_stops_it_as_ctrl_c_does(programs: Programs) -> None:
    program = programs.start(STOPPABLE)
    programs.wait_for("rows", state="running")
    call = {"topic": f"job/{programs.id_of('rows')}", "name": "stop"}
    assert programs.deck.ask("POST", "/api/calls", call, scope="producer")[0] == 403
    assert programs.deck.ask("POST", "/api/calls", call) == (200, {"reply": None})
    assert program.wait(PATIENCE) == 0
    assert programs.printed() == "tidied up\n"
    programs.wait_for("rows", state="interrupted")
    assert programs.wait_for("program.py", state="interrupted")["stopping"]["by"] == "admin"
    _, said = programs.deck.ask("GET", "/api/events?name=job.stop_asked")
    assert [(event["topic"], event["by"]) for event in said["events"]] == [(call["topic"], "admin")]
    status, answer = programs.deck.ask("POST", "/api/calls", call)
    assert (status, answer["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_bars_of_a_pool_stand_under_their_program(programs: Programs, method: str) -> None:
    assert programs.start(POOL, method).wait(PATIENCE) == 0
    programs.wait_for("all parts", state="done", done=6)
    programs.deck.bring()
    jobs = programs.jobs()
    program = next(job for job in jobs if job["name"] == "program.py")
    workers = [job for job in jobs if "pid" in job and job is not program]
    parts = [job for job in jobs if job["name"].startswith("part ")]
    assert 1 <= len(workers) <= 2
    assert {worker["parent"] for worker in workers} == {program["process"]}
    assert {job["program"] for job in jobs} == {program["process"]}
    assert [(job["state"], job["done"]) for job in parts] == [("done", 5)] * 6
    assert {job["process"] for job in parts} <= {worker["process"] for worker in workers}


@pytest.mark.parametrize("trouble", ["frozen", "killed"])
def test_the_hub_in_trouble_costs_the_program_nothing(programs: Programs, trouble: str) -> None:
    program = programs.start(LOOP, "300")
    programs.wait_for("rows", state="running", total=300)
    hub = programs.deck._hub.pid
    os.kill(hub, signal.SIGSTOP if trouble == "frozen" else signal.SIGKILL)
    try:
        assert program.wait(PATIENCE) == 0
        # A busy machine takes a while to end a process, too.
        assert time.time() - float(programs.printed()) < 0.5 + 0.5
    finally:
        if trouble == "frozen":
            os.kill(hub, signal.SIGCONT)
    if trouble == "killed":
        programs.deck.kill()
        programs.deck.up()
        # What could not be told is kept, and the next program brings it; one that wakes up finds it at its door.
        assert programs.start(LOOP, "1").wait(PATIENCE) == 0
    programs.wait_for("rows", state="done", done=300)
