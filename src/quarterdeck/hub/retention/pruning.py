"""What of a script's past is kept: so many runs and failures, and the logs that they are in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.core.topics import join
from quarterdeck.hub.logs import remove_before
from quarterdeck.hub.retention.ending import end_beyond
from quarterdeck.hub.retention.surplus import (
    FAILED,
    OTHERS,
    PROGRAMS,
    beyond,
    logs_before,
    may_have_surplus,
    runs_of,
    scripts_of,
)
from quarterdeck.store.query import Condition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.retention.ending import Board, Past
    from quarterdeck.hub.retention.limits import Keep
    from quarterdeck.store.query import Query

    Tell = Callable[[int], None]

PRUNE_EVERY = 100
"""Ends of a script's runs between two looks at them, at least; where many are kept, it may be a fifth more by then."""
SHARE, LONGEST = 5, 1000
EVERY_SECONDS = 3600.0


class Gone(NamedTuple):
    """What a sweep has removed."""

    runs: int
    log_files: int
    log_bytes: int


class Pruning:
    """Looks after each script now and then, and after each so many runs."""

    def __init__(self, board: Board, past: Past, logs: Path, keep: Keep, clock: Clock) -> None:
        self._board = board
        self._past = past
        self._logs = logs
        self._keep = keep
        self._clock = clock
        self._ends: dict[str, int] = {}
        self._pruning, self._sweeping = asyncio.Lock(), asyncio.Lock()

    def is_due(self, script: str) -> bool:
        """Count the end of a run; whether the script's runs may be too many by now."""
        ends = self._ends[script] = self._ends.get(script, 0) + 1
        if ends % PRUNE_EVERY or ends < min(self._keep.limits.runs // SHARE, LONGEST):
            return False
        self._ends[script] = 0
        return True

    async def prune(self, script: str) -> None:
        """End the runs that are too many or too old."""
        await self._prune(script, None)

    async def _prune(self, script: str | None, tell: Tell | None) -> int:
        gone = 0
        async with self._pruning:
            if not await asyncio.to_thread(may_have_surplus, self._past, script, self._keep.limits):
                return 0
            for which in (FAILED, OTHERS):
                for query, keep in beyond(runs_of(script, which), self._keep.limits, self._clock.now()):
                    gone += await end_beyond(self._board, self._past, query, keep, tell)
        return gone

    async def sweep(self, tell: Tell | None = None) -> Gone:
        """Prune all scripts, those that are gone too, and remove the logs of days of which no run is left.

        ``tell`` hears of each few runs that go.
        """
        async with self._sweeping:
            found = Gone(0, *await self._remove_logs("job", PROGRAMS))
            for script in await asyncio.to_thread(lambda: list(scripts_of(self._past))):
                runs = await self._prune(script, tell)
                files, size = (0, 0) if script is None else await self._remove_logs_of(script)
                found = Gone(found.runs + runs, found.log_files + files, found.log_bytes + size)
            return found

    async def _remove_logs_of(self, script: str) -> tuple[int, int]:
        runs = runs_of(script, ())
        begun = (*runs.where, Condition("started", ">=", (0,)))
        first = replace(runs, where=begun, order="started", limit=1)
        return await self._remove_logs(join("script", script), first)

    async def _remove_logs(self, place: str, first: Query) -> tuple[int, int]:
        """Those that are too old, and older than what is kept; ``first`` asks for the first of that."""
        now, page = self._clock.now(), await self._board.list(first)
        oldest = min((int(item.state.values["started"]) for item in page.items), default=now)
        before = logs_before(oldest, self._keep.limits, now)
        return await asyncio.to_thread(remove_before, self._logs, place, before)
