"""Tells workers of their runs, once the births of the runs are durable, and minds that each run ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.hub.schedules.turns import Turn
    from quarterdeck.hub.scripts.needs import Board, Link
    from quarterdeck.hub.scripts.runs import Runs

REFUSED_SECONDS = 5.0


class Launcher:
    """``link_of`` gives the connection to a script's worker, None if there is none now."""

    def __init__(self, board: Board, runs: Runs, link_of: Callable[[str], Link | None]) -> None:
        self._board = board
        self._runs = runs
        self._link_of = link_of
        self._turns: list[Turn] = []
        self._some = asyncio.Event()
        self._calls: dict[str, asyncio.Task[None]] = {}  # by run

    def add(self, turn: Turn) -> None:
        """The run of this turn is on the board."""
        self._turns.append(turn)
        self._some.set()

    def ended(self, run: str) -> None:
        """The run is over: nobody waits for its worker's answer any more."""
        call = self._calls.pop(run, None)
        if call is not None:
            call.cancel()

    async def keep(self) -> None:
        """For ever: one commit makes the births of all runs durable that came meanwhile."""
        while True:
            await self._some.wait()
            self._some.clear()
            turns, self._turns = self._turns, []
            await self._board.committed()
            for turn in turns:
                link = self._link_of(turn.script)
                # Else its worker has died since, and that has ended the run or will.
                if link is not None and self._runs.values(turn.run).get("state") == "running":
                    self._calls[turn.run] = asyncio.get_running_loop().create_task(self._run(turn, link))

    async def close(self) -> None:
        """Wait for no answer any more."""
        calls = list(self._calls.values())
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _run(self, turn: Turn, link: Link) -> None:
        args = {"run": turn.run, "hook": turn.hook, "due": turn.due, "cause": turn.cause, "args": turn.args}
        try:
            answer = await link.call("run", args)
        except Exception as error:
            self._runs.end(turn.run, "lost", f"its worker refused it: {error}")
            return
        # The end of the run comes as an event before this answer and cancels this, unless the hub refused that event.
        await asyncio.sleep(REFUSED_SECONDS)
        state = answer.get("state") if isinstance(answer, Mapping) else None
        self._runs.end(turn.run, "lost", f"it is {state}, but the hub refused what its worker told of its end")
