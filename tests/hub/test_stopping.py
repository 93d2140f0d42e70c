"""The call ``stop`` on a job: to its program, by whom, and when not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub.calls import CallFailed
from quarterdeck.hub.stopping import Stopping

if TYPE_CHECKING:
    from tests.hub.conftest import StillClock

    from quarterdeck.hub.exchange import Exchange


class Program:
    """A program with a bar; it answers the calls on its own job, and counts them."""

    def __init__(self, exchange: Exchange, clock: StillClock) -> None:
        self.calls: list[tuple[str, str, str | None]] = []
        self.exchange = exchange
        Stopping(exchange.board, exchange.calls, exchange.peers, clock).start()
        self.tell("p", program="p", state="running", stops=True)
        self.tell("bar", program="p", process="w", state="running", stops=True)

    def connect(self, job: str = "p") -> None:
        self.peer: Any = SimpleNamespace(id=job, account="producer", claims=(f"job/{job}",), hello={}, send=self.take)
        self.exchange.peers.add(self.peer)

    def take(self, frame: dict[str, Any]) -> None:
        self.calls.append((frame["topic"], frame["name"], frame.get("by")))
        self.exchange.calls.reply(self.peer, {"id": frame["id"]})

    def tell(self, job: str, **facts: Any) -> None:
        self.exchange.board.publish(f"job/{job}", [["set", field, value] for field, value in facts.items()])

    def job(self, job: str) -> dict[str, Any]:
        state = self.exchange.board.state(f"job/{job}")
        assert state is not None
        return state.values

    async def stop(self, job: str) -> None:
        await self.exchange.calls.call(f"job/{job}", "stop", by="ann")


@pytest_asyncio.fixture
async def program(exchange: Exchange, clock: StillClock) -> Program:
    return Program(exchange, clock)


async def test_a_bars_stop_reaches_its_program_and_says_who_asked(program: Program, clock: StillClock) -> None:
    named: list[tuple[str, str | None]] = []
    program.exchange.board.listen("job", lambda topic, _ops, name: named.append((topic, name)))
    program.connect()
    await program.stop("bar")
    assert program.calls == [("job/p", "stop", "ann")]
    assert program.job("bar")["stopping"] == program.job("p")["stopping"] == {"by": "ann", "at": clock.now()}
    assert ("job/bar", "job.stop_asked") in named


async def test_a_program_within_a_program_is_stopped_alone(program: Program) -> None:
    program.connect()
    program.connect("w")
    await program.stop("bar")
    assert program.calls == [("job/w", "stop", "ann")]


async def test_a_program_that_is_out_of_reach_is_not_stopping(program: Program) -> None:
    with pytest.raises(CallFailed, match="nobody answers calls on job/p"):
        await program.stop("bar")
    assert "stopping" not in program.job("bar")
    assert "stopping" not in program.job("p")


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"stops": None}, "does not let itself"), ({"state": "done"}, "has ended"), ({"state": "stopped"}, "has ended")],
)
async def test_what_cannot_be_stopped_says_so(program: Program, facts: dict[str, Any], why: str) -> None:
    program.connect()
    program.tell("bar", **facts)
    with pytest.raises(CallFailed, match=why):
        await program.stop("bar")
    assert program.calls == []


async def test_there_is_no_such_job(program: Program) -> None:
    with pytest.raises(CallFailed, match="there is no job job/x"):
        await program.stop("x")


async def test_other_calls_go_to_the_program_as_ever(program: Program) -> None:
    program.connect()
    await program.exchange.calls.call("job/p", "faster")
    assert program.calls == [("job/p", "faster", None)]
