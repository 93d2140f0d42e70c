"""Ends the topics of kinds that are to be kept for a while only, as each kind declares it (``kinds.Keep``)."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from quarterdeck.core.schedule import DAY
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.retention.ending import end_beyond
from quarterdeck.kinds import all_kinds
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.retention.ending import Past
    from quarterdeck.hub.scripts.needs import Board, Records
    from quarterdeck.kinds import Keep, Kind
    from quarterdeck.store.query import Query

FIRST, EVERY = 60.0, 3600.0  # seconds
_log = logging.getLogger(__name__)


class Keeping:
    """Belongs to the event loop."""

    def __init__(self, board: Board, records: Records, clock: Clock) -> None:
        self._board = board
        self._records = records
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, a minute from now."""
        self._task = asyncio.get_running_loop().create_task(self._keep(), name="keeping")

    def stop(self) -> None:
        """End; what was not done is done after the next start."""
        if self._task is not None:
            self._task.cancel()

    async def sweep(self) -> int:
        """End what is too much or too old by now; returns how many topics ended."""
        ended = 0
        for kind in all_kinds():
            await self._board.committed()
            for query, keep in await asyncio.to_thread(_surplus, kind, self._clock.now(), self._records):
                ended += await end_beyond(self._board, self._records, query, keep)
        return ended

    async def _keep(self) -> None:
        pause = FIRST
        while True:
            await asyncio.sleep(pause)
            pause = EVERY
            try:
                await self.sweep()
            except QuarterdeckError as error:
                _log.warning("old topics stay for now: %s", error)


def _surplus(kind: Kind, now: int, past: Past) -> list[tuple[Query, int]]:
    """Lists of a kind, and how many of each are kept; asks the store, which blocks."""
    return list(_lists(kind.name, kind.keep, now, past)) if kind.keep is not None else []


def _lists(kind: str, keep: Keep, now: int, past: Past) -> Iterator[tuple[Query, int]]:
    for conditions in keep.lists:
        for where in _groups(kind, conditions, keep.each, past):
            if keep.newest:
                yield parse_query(kind, where=where, order=f"-{keep.by}"), keep.newest
            if keep.days:
                old = f"{keep.by} < {now - keep.days * DAY}"
                yield parse_query(kind, where=[*where, old], order=f"-{keep.by}"), 0


def _groups(kind: str, where: tuple[str, ...], each: tuple[str, ...], past: Past) -> Iterator[tuple[str, ...]]:
    """The conditions of every group of a list whose topics are alike in these columns."""
    if not each:
        yield where
        return
    column, further, missing = each[0], f"{each[0]} != null", (*where, f"{each[0]} = null")
    if past.topics(parse_query(kind, where=missing, limit=1), whole=False).items:
        yield from _groups(kind, missing, each[1:], past)
    while True:
        # The next value there is, by the index of the column.
        found = past.topics(parse_query(kind, where=[*where, further], order=column, limit=1), whole=False).items
        if not found:
            return
        value = json.dumps(found[0].state.values[column])
        yield from _groups(kind, (*where, f"{column} = {value}"), each[1:], past)
        further = f"{column} > {value}"
