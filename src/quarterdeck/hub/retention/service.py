"""The topic ``retention``: what is kept, and how much there is, measured while somebody looks; calls change it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused, sets
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.retention.plan import Plan, plan
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.frames import Args
    from quarterdeck.hub.retention.limits import ChosenLimits, Limits
    from quarterdeck.hub.retention.pruning import Pruning
    from quarterdeck.store.contract import Store

TOPIC = "retention"
EVERY = 5.0
"""Seconds between two measurements while somebody watches."""
LOOK = 0.5
"""Seconds between two looks whether somebody does."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Places:
    """Where what is measured lies: folders of logs and blobs."""

    logs: Path
    blobs: Path


class RetentionService:
    """Belongs to the event loop; what it asks of the store and of folders is done in threads."""

    def __init__(
        self, board: Board, store: Store, limits: ChosenLimits, pruning: Pruning, places: Places, clock: Clock
    ) -> None:
        self._board = board
        self._store = store
        self._limits = limits
        self._pruning = pruning
        self._places = places
        self._clock = clock
        self._cleaning: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Say what the limits are, and measure while somebody watches."""
        self._tell_limits()
        self._publish(amounts=None, measured=None, cleaning=None, cleaned=None)
        self._watching = asyncio.get_running_loop().create_task(self._keep_measured(), name="retention")

    def stop(self) -> None:
        """What is not cleaned yet is cleaned in the course of things."""
        for task in (self._watching, self._cleaning):
            if task is not None:
                task.cancel()

    async def answer(self, topic: str, name: str, args: Args, by: str | None) -> Any:
        """Calls on the topic: ``change`` limits, ``preview`` what would go by them, ``clean`` now.  Raises Refused."""
        if name == "preview":
            return (await self._plan(self._limits.proposed(args)))._asdict()
        if name == "change":
            return await self._change(args, by)
        if name == "clean":
            return self._clean(by)
        raise Refused("unknown", f"{topic} has no call {name!r}.", "It has: preview, change, clean.")

    async def _change(self, args: Args, by: str | None) -> dict[str, Any]:
        before = self._limits.limits
        await self._limits.change(args)
        now = self._limits.limits
        changed = {name: [before._asdict()[name], value] for name, value in now._asdict().items()}
        changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
        if changed:
            self._tell_limits()
            self._board.publish(TOPIC, [], name="retention.changed", by=by, data=changed)
        return now._asdict()

    def _clean(self, by: str | None) -> None:
        if self._cleaning is not None and not self._cleaning.done():
            raise Refused("conflict", "Somebody cleans already.", "Wait until that has ended.")
        self._publish(cleaning={"of": None, "gone": 0, "by": by})
        self._cleaning = asyncio.get_running_loop().create_task(self._sweep(by), name="cleaning")

    async def _sweep(self, by: str | None) -> None:
        gone, expected = 0, Plan()

        def tell(few: int) -> None:
            nonlocal gone
            gone += few
            self._publish(cleaning={"of": expected.runs + expected.failures, "gone": gone, "by": by})

        try:
            expected = await self._plan(self._limits.limits)
            done = (await self._pruning.sweep(tell))._asdict()
            self._publish(cleaned={"at": self._clock.now(), "by": by, **done})
            self._board.publish(TOPIC, [], name="retention.cleaned", by=by, data=done)
            await self.measure()
        except (QuarterdeckError, OSError) as error:
            _log.warning("not all that is too old was removed: %s", error)
        finally:
            self._publish(cleaning=None)

    async def measure(self) -> None:
        """Measure once, and publish."""
        amounts = await asyncio.to_thread(self._amounts)
        self._publish(amounts=amounts, measured=self._clock.now())

    def _amounts(self) -> dict[str, Any]:
        oldest = self._store.topics(parse_query("run", where=["started >= 0"], order="started", limit=1), whole=False)
        files, size = _sizes(self._places.logs)
        blobs, bytes_of_blobs = _sizes(self._places.blobs)
        return {
            "runs": self._store.count(parse_query("run")),
            "failures": self._store.count(parse_query("run", where=["state = failed"])),
            "oldest": oldest.items[0].state.values["started"] if oldest.items else None,
            "log_files": files,
            "log_bytes": size,
            "blobs": blobs,
            "blob_bytes": bytes_of_blobs,
            **self._store.amounts()._asdict(),
            "database": self._store.size(),
        }

    async def _keep_measured(self) -> None:
        due = 0.0
        while True:
            try:
                if self._clock.monotonic() >= due and self._board.audience.watches(TOPIC):
                    await self.measure()
                    due = self._clock.monotonic() + EVERY
            except (QuarterdeckError, OSError) as error:
                _log.warning("what is kept could not be measured: %s", error)
            await asyncio.sleep(LOOK)

    async def _plan(self, limits: Limits) -> Plan:
        return await self._board.look(lambda: plan(self._store, self._places.logs, limits, self._clock.now()))

    def _tell_limits(self) -> None:
        self._publish(**self._limits.limits._asdict(), origins=self._limits.origins)

    def _publish(self, **fields: Any) -> None:
        self._board.publish(TOPIC, sets(**fields))


def _sizes(folder: Path) -> tuple[int, int]:
    """How many files there are below a folder, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)
