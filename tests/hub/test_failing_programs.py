"""Programs that need attention: in sight from their failure until one of the same name goes well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest_asyncio

from quarterdeck.hub.failing_programs import DAYS, MOST, FailingPrograms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.hub.conftest import StillClock

    from quarterdeck.hub.exchange import Exchange

DAY = 24 * 3600 * 1_000_000


class World:
    """Programs that end one after the other, and what the page is told of them."""

    def __init__(self, exchange: Exchange, clock: StillClock) -> None:
        self.board = exchange.board
        self.clock = clock
        self.programs = FailingPrograms(self.board, clock)

    def end(self, id: str, state: str, name: str = "load.py", **more: Any) -> None:
        self.clock.micros += 1_000_000
        now = self.clock.now()
        facts = {"role": "program", "name": name, "host": "here", "started": now - 1000, "ended": now, **more}
        ops = [["set", field, value] for field, value in {**facts, "state": state}.items()]
        self.board.publish(f"job/{id}", ops, name=f"job.{state}")

    @property
    def told(self) -> dict[str, Any]:
        state = self.board.state("hub")
        assert state is not None
        found: dict[str, Any] = state.values["failing"]
        return found


@pytest_asyncio.fixture
async def world(exchange: Exchange, clock: StillClock) -> AsyncIterator[World]:
    made = World(exchange, clock)
    made.programs.start()
    yield made
    made.programs.stop()


async def test_a_program_that_failed_is_told_until_its_next_try_goes_well(world: World) -> None:
    world.end("one", "failed", error={"type": "ValueError", "message": "row 3\nis bad"})
    assert world.told["one"]["why"] == "ValueError: row 3"
    world.end("two", "lost", reason="its process died")
    assert {id: one["state"] for id, one in world.told.items()} == {"two": "lost"}
    world.end("other", "done", "other.py")
    world.end("there", "done", host="there")
    world.end("bar", "done", role="bar")
    world.end("earlier", "done", started=1)
    assert [*world.told] == ["two"]
    world.end("three", "done")
    assert world.told == {}


async def test_what_is_no_failure_of_a_program_is_not_told(world: World) -> None:
    world.end("bar", "failed", role="bar")
    world.end("worker", "lost", role="worker")
    world.end("asked", "interrupted")
    world.end("of_a_script", "failed", run="run1")
    assert world.told == {}


async def test_one_that_is_heard_of_again_or_cleared_away_is_not_told_any_more(world: World) -> None:
    world.end("one", "lost", "one.py")
    world.end("two", "failed", "two.py")
    world.board.publish("job/one", [["set", "state", "running"]], name="job.found")
    assert [*world.told] == ["two"]
    world.board.publish("job/two", [["drop"]])
    assert world.told == {}


async def test_the_next_hub_goes_on_and_forgets_what_is_long_ago(world: World) -> None:
    for number in range(MOST + 2):
        world.end(str(number), "failed", f"{number}.py")
    world.programs.stop()
    assert [*world.told] == [str(number) for number in range(2, MOST + 2)]
    world.clock.micros += DAYS * DAY - 2_000_000
    world.programs = FailingPrograms(world.board, world.clock)
    world.programs.start()
    assert [*world.told] == [str(number) for number in range(MOST - 1, MOST + 2)]
    world.end("again", "done", f"{MOST}.py")
    assert [*world.told] == [str(MOST - 1), str(MOST + 1)]
