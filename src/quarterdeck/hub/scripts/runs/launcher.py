"""Gives workers their turns, once they are durable, and minds that each of their runs ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.schedules.turns import Turn
    from quarterdeck.hub.scripts.needs import Board, Link
    from quarterdeck.hub.scripts.topics.run_topics import Runs

REFUSED_SECONDS = 5.0


class _Given:
    """One call to a worker, and those of its turns that are not over."""

    __slots__ = ("open", "task")

    def __init__(self, turns: list[Turn]) -> None:
        self.open = {turn.run: turn for turn in turns}
        self.task: asyncio.Task[None]


class Launcher:
    """``link_of`` gives the connection to a script's worker, None if there is none now."""

    def __init__(self, board: Board, runs: Runs, scheduler: Scheduler, link_of: Callable[[str], Link | None]) -> None:
        self._board = board
        self._runs = runs
        self._scheduler = scheduler
        self._link_of = link_of
        self._turns: list[Turn] = []
        self._unsent: list[Turn] = []
        self._some = asyncio.Event()
        self._given: dict[str, _Given] = {}  # by run

    def add(self, turn: Turn) -> None:
        """The turn has been recorded."""
        self._turns.append(turn)
        self._some.set()

    def again(self, script: str) -> None:
        """The worker of this script is connected again: what could not be told it meanwhile is told now."""
        self._turns += [turn for turn in self._unsent if turn.script == script]
        self._unsent = [turn for turn in self._unsent if turn.script != script]
        self._some.set()

    def ended(self, run: str) -> None:
        """The run is over, or its turn came back: nobody waits for its worker's answer any more."""
        given = self._given.pop(run, None)
        if given is not None:
            del given.open[run]
            if not given.open:
                given.task.cancel()

    async def keep(self) -> None:
        """For ever: one commit makes all turns durable that came meanwhile, one call a worker tells of them."""
        while True:
            await self._some.wait()
            self._some.clear()
            turns, self._turns = self._turns, []
            await self._board.committed()
            for script, group in groupby(sorted(turns, key=attrgetter("script")), attrgetter("script")):
                # What is not held any more came back or was lost while its worker was away.
                held = self._scheduler.held(script)
                still = [turn for turn in group if held.get(turn.run) is turn]
                link = self._link_of(script)
                if link is None:
                    self._unsent += still
                elif still:
                    self._give(still, link)

    async def close(self) -> None:
        """Wait for no answer any more."""
        calls = {given.task for given in self._given.values()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def _give(self, turns: list[Turn], link: Link) -> None:
        given = _Given(turns)
        self._given.update(dict.fromkeys(given.open, given))
        given.task = asyncio.get_running_loop().create_task(self._call(given, link))

    async def _call(self, given: _Given, link: Link) -> None:
        try:
            answer = await link.call("run", {"turns": [turn.plain() for turn in given.open.values()]})
        except Exception as error:
            self._lose(given, dict.fromkeys(given.open, f"its worker refused it: {error}"))
            return
        told: dict[str, Any] = dict(answer) if isinstance(answer, Mapping) else {}
        self._lose(given, {run: f"its worker refused it: {why}" for run, why in (told.get("refused") or {}).items()})
        # The ends of the runs come as events before this answer, unless the hub refused such an event.
        await asyncio.sleep(REFUSED_SECONDS)
        states = told.get("states") or {}
        refused = "but the hub refused what its worker told of its end"
        self._lose(given, {run: f"it is {states.get(run, 'over')}, {refused}" for run in given.open})

    def _lose(self, given: _Given, reasons: Mapping[str, str]) -> None:
        for run, reason in list(reasons.items()):
            turn = given.open.get(run)
            if turn is not None:
                self._runs.end(run, "lost", reason, turn=turn)
