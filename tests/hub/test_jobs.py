"""Lost jobs: by the process on this machine, by silence elsewhere; found again, and known to the next hub."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub.jobs import Jobs
from quarterdeck.hub.machine import Machine
from quarterdeck.hub.process import was_running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.hub.conftest import StillClock

    from quarterdeck.hub.exchange import Exchange

HERE, THERE = "here", "there"
SECOND = 1_000_000


class World:
    """Jobs with a hand on the clock, and on which processes live."""

    def __init__(self, exchange: Exchange, clock: StillClock) -> None:
        self.board = exchange.board
        self.clock = clock
        self.alive = {7, 8}
        self.jobs = self.hub()

    def hub(self) -> Jobs:
        return Jobs(self.board, self.clock, Machine(HERE, lambda pid, started: pid in self.alive))

    def open(self, process: str, pid: int, host: str, *bars: str) -> None:
        now = self.clock.now()
        facts = {"process": process, "pid": pid, "host": host, "started": now, "state": "running"}
        self.tell(process, facts, "job.started")
        for bar in bars:
            self.tell(bar, {"process": process, "state": "running", "started": now}, "job.started")

    def tell(self, job: str, facts: dict[str, Any], name: str | None = None) -> None:
        self.board.publish(f"job/{job}", [["set", field, value] for field, value in facts.items()], name=name)

    def states(self, *jobs: str) -> list[str]:
        return [self.job(job)["state"] for job in jobs]

    def job(self, job: str) -> dict[str, Any]:
        state = self.board.state(f"job/{job}")
        assert state is not None
        return state.values

    def pass_(self, seconds: float) -> None:
        self.clock.micros += int(seconds * SECOND)
        self.jobs.look()


@pytest_asyncio.fixture
async def world(exchange: Exchange, clock: StillClock) -> AsyncIterator[World]:
    made = World(exchange, clock)
    await made.jobs.start()
    yield made
    made.jobs.stop()


async def test_on_this_machine_the_process_decides(world: World) -> None:
    world.open("p", 7, HERE, "bar", "over")
    world.tell("over", {"state": "done"}, "job.done")
    world.pass_(3600)
    assert world.states("p", "bar", "over") == ["running", "running", "done"]
    world.alive.clear()
    world.pass_(2)
    assert world.states("p", "bar", "over") == ["lost", "lost", "done"]
    assert world.job("bar")["ended"] == world.clock.now()
    assert world.job("bar")["reason"] == "its process died or fell silent: process 7"


async def test_who_was_stopped_and_died_of_it_is_not_lost(world: World) -> None:
    world.open("p", 7, HERE, "bar")
    world.tell("bar", {"stopping": {"by": "ann", "at": 1}})
    world.pass_(2)
    assert world.states("p", "bar") == ["running", "running"]
    world.alive.clear()
    world.pass_(2)
    assert world.states("p", "bar") == ["stopped", "stopped"]
    assert world.job("bar")["reason"] == "stopped by ann"


@pytest.mark.parametrize("word", ["dismissed", "ended", "late"])
async def test_a_worker_that_its_program_ended_is_not_lost(world: World, word: str) -> None:
    world.open("program", 7, HERE)
    for worker, pid in (("idle", 8), ("busy", 9)):
        world.alive.add(pid)
        world.open(worker, pid, HERE, *(["bar"] if worker == "busy" else []))
        world.tell(worker, {"parent": "program"}, "job.started")
    world.alive -= {8, 9}
    if word == "late":
        world.pass_(2)
        assert world.states("idle", "busy", "bar") == ["running"] * 3
    if word == "ended":
        world.tell("program", {"state": "done"}, "job.done")
    else:
        world.board.publish("job/program", [["put", "dismissed", {"8": 1, "9": 1}]])
    world.pass_(2)
    assert world.states("idle", "busy", "bar") == ["done", "stopped", "stopped"]
    assert world.job("idle")["reason"] == "its program ended it"


@pytest.mark.parametrize(
    ("told", "left"), [("interrupted", "interrupted"), ("done", "stopped"), ("failed", "lost"), ("lost", "lost")]
)
async def test_what_is_open_in_a_program_that_somebody_saw_end_ends_with_it(world: World, told: str, left: str) -> None:
    world.open("p", 7, HERE, "bar")
    world.tell("p", {"state": told}, f"job.{told}")
    world.alive.clear()
    world.pass_(2)
    assert world.states("p", "bar") == [told, left]
    assert world.job("bar")["ended"] == world.clock.now()


async def test_a_worker_that_died_by_itself_is_lost_at_the_second_look(world: World) -> None:
    world.open("program", 7, HERE)
    world.open("worker", 8, HERE)
    world.tell("worker", {"parent": "program"}, "job.started")
    world.alive.discard(8)
    world.board.publish("job/program", [["put", "dismissed", {"9": 1}]])
    world.pass_(2)
    assert world.states("worker") == ["running"]
    world.pass_(2)
    assert world.states("worker", "program") == ["lost", "running"]


async def test_elsewhere_silence_decides_and_a_word_takes_it_back(world: World) -> None:
    world.open("p", 7, THERE, "bar")
    world.alive.clear()
    world.pass_(9)
    world.tell("p", {"seen": world.clock.now()})
    world.pass_(9)
    assert world.states("p", "bar") == ["running", "running"]
    world.pass_(2)
    assert world.states("p", "bar") == ["lost", "lost"]
    assert world.job("bar")["reason"].endswith("process 7 on there")
    world.tell("p", {"seen": world.clock.now()})
    assert world.states("p", "bar") == ["running", "running"]
    assert "ended" not in world.job("bar")
    world.pass_(11)
    assert world.states("p", "bar") == ["lost", "lost"]


async def test_what_ended_unheard_of_stays_ended(world: World) -> None:
    world.open("p", 7, THERE, "bar", "other")
    world.pass_(11)
    world.tell("bar", {"state": "done", "ended": 5}, "job.done")
    world.tell("p", {"seen": world.clock.now()})
    assert world.states("p", "bar", "other") == ["running", "done", "running"]
    assert world.job("bar")["ended"] == 5


async def test_the_next_hub_knows_what_runs(world: World) -> None:
    world.open("p", 7, HERE, "bar")
    world.open("q", 9, THERE, "far")
    world.jobs.stop()
    world.jobs = world.hub()
    await world.jobs.start()
    world.alive.clear()
    world.pass_(2)
    assert world.states("p", "bar", "q", "far") == ["lost", "lost", "running", "running"]
    world.pass_(9)
    assert world.states("q", "far") == ["lost", "lost"]


def test_a_number_that_came_again_is_another_process() -> None:
    now = time.time_ns() // 1000
    assert was_running(os.getpid(), now)
    assert not was_running(os.getpid(), now - 10**15)
    assert not was_running(2**22 + 1, now)
