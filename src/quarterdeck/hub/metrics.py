"""How the hub itself fares, measured every ten seconds: the topic ``hub`` and its series."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

import psutil

from quarterdeck.core.ops import sets
from quarterdeck.core.series import cell_of, minute_of, quantise
from quarterdeck.errors import QuarterdeckError
from quarterdeck.kinds.hub import HUB
from quarterdeck.version import __version__

if TYPE_CHECKING:
    from quarterdeck.core.ops import Op
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.store.contract import StoreError

EVERY = 10.0
_log = logging.getLogger(__name__)


class Metrics:
    """Counts since the hub's start, and what they were at the last measurement."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._process = psutil.Process()
        self._task: asyncio.Task[None] | None = None
        self._commits: list[float] = []
        self._before = (0, 0.0, 0)  # accepted events, seconds of folding, dropped events
        self._measured = exchange.clock.monotonic()
        self.started = exchange.clock.now()
        exchange.commits.on_commit = self._committed
        exchange.commits.on_health = self._tell

    def start(self) -> None:
        """Begin to measure."""
        self._process.cpu_percent()
        self._tell(self._exchange.commits.failure)
        self._task = asyncio.get_running_loop().create_task(self._keep(), name="metrics")

    def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()

    def _tell(self, failure: StoreError | None) -> None:
        """Say on the topic why nothing can be stored, or that all is well again."""
        trouble = failure and {"code": failure.code, "message": failure.message, "hint": failure.hint}
        self._exchange.board.publish("hub", [["set", "trouble", trouble]])
        if failure is not None:
            _log.error("nothing can be stored at present: %s", failure)

    def _committed(self, seconds: float, _topics: int) -> None:
        self._commits.append(seconds)

    async def _keep(self) -> None:
        while True:
            try:
                await self.measure()
            except QuarterdeckError as error:
                _log.warning("the hub could not be measured: %s", error)
            await asyncio.sleep(EVERY)

    async def measure(self) -> None:
        """Measure once, and publish."""
        store = self._exchange.store
        disk = await self._exchange.commits.run(store.size)
        self._exchange.board.publish("hub", self._ops(disk))

    def _ops(self, disk: int) -> list[Op]:
        board, streams = self._exchange.board, self._exchange.streams
        cpu, memory = self._process.cpu_percent() / 100, self._process.memory_info().rss
        viewers = sum(interest.viewers for interest in board.audience if interest.watches)
        scalars = {
            "pid": os.getpid(), "version": __version__, "started": self.started,
            "cpu": cpu, "memory": memory, "disk": disk, "viewers": viewers, "producers": len(self._exchange.peers),
            "topics": len(board.states), "dropped": streams.dropped, "refused": streams.refused,
        }  # fmt: skip
        ops: list[Op] = sets(**scalars)
        rates = {**self._rates(), "viewers_seen": viewers, "disk_seen": disk, "cpu_seen": cpu, "memory_seen": memory}
        ops += [self._record(field, value) for field, value in rates.items()]
        ops += [self._record("commit", seconds) for seconds in self._commits]
        self._commits = []
        return ops

    def _rates(self) -> dict[str, float]:
        """What happened since the last measurement."""
        streams, accepted = self._exchange.streams, self._exchange.board.accepted
        folding, dropped = streams.folding, streams.dropped
        now, (old_accepted, old_folding, old_dropped) = self._exchange.clock.monotonic(), self._before
        seconds, events = max(now - self._measured, 1e-3), accepted - old_accepted
        self._before, self._measured = (accepted, folding, dropped), now
        return {
            "ingest": events / seconds,
            "fold": (folding - old_folding) / events if events else 0.0,
            "dropped_seen": dropped - old_dropped,
        }

    def _record(self, field: str, value: float) -> Op:
        quantum, now = HUB.fields[field][1], self._exchange.clock.now()
        return ["record", field, {minute_of(now): cell_of(quantise(value, quantum), now)}, quantum]
