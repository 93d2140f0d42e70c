"""What of a script's past is kept: so many runs and failures, and the logs that they are in."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from quarterdeck.core.schedule import DAY
from quarterdeck.core.topics import segment
from quarterdeck.hub.logs import remove_before
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.scripts.needs import Board, Places, Rules
    from quarterdeck.hub.scripts.runs import Runs

LOG_DAYS = 7
"""Logs stay at least so long, even if the runs that wrote them are gone."""
PRUNE_EVERY = 50
EVERY_SECONDS = 3600.0


class Retention:
    """Looks after each script now and then, and after each so many runs."""

    def __init__(self, board: Board, runs: Runs, places: Places, rules: Rules, clock: Clock) -> None:
        self._board = board
        self._runs = runs
        self._places = places
        self._rules = rules
        self._clock = clock
        self._ends: dict[str, int] = {}

    def is_due(self, script: str) -> bool:
        """Count the end of a run; whether the script's runs may be too many by now."""
        self._ends[script] = (self._ends.get(script, 0) + 1) % PRUNE_EVERY
        return self._ends[script] == 0

    async def prune(self, script: str) -> None:
        """End the runs that are too many; 0 in the settings keeps all."""
        if self._rules.keep_runs:
            more = 1
            while more:
                more = await self._runs.prune(script, self._rules.keep_runs)

    async def sweep(self, script: str) -> None:
        """Prune, and remove the logs of days of which no run is left."""
        await self.prune(script)
        query = parse_query("run", where=[f"script = {json.dumps(script)}"], order="started", limit=1)
        page = await self._board.list(query)
        now = self._clock.now()
        oldest = min((int(item.state.values.get("started") or now) for item in page.items), default=now)
        days = self._rules.keep_days
        before = max(now - days * DAY, oldest) if days else oldest
        await asyncio.to_thread(remove_before, self._places.logs, segment(script), min(before, now - LOG_DAYS * DAY))
