"""What is derived of the ends of a script's runs: one event for however many end at about the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.scripts.judge import Judge
    from quarterdeck.hub.scripts.standing import Standing

PACE = 0.5
"""Seconds between two such events of one script while runs keep ending well; the first after quiet is told at once."""
EACH = 0.03
"""Seconds more for each run that the event before told of: fifty hooks a second are told of every two seconds."""


class Ends:
    """Of one script.  ``told`` is called after each event."""

    def __init__(self, standing: Standing, scheduler: Scheduler, judge: Judge, told: Callable[[], None]) -> None:
        self._standing = standing
        self._scheduler = scheduler
        self._judge = judge
        self._told = told
        self._ends: list[tuple[str, Mapping[str, Any]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def add(self, run: str, values: Mapping[str, Any]) -> None:
        """A run has ended with these values."""
        self._ends.append((run, values))
        self._judge.judge(run, values)
        if values.get("state") != "done":
            self.tell()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._due - loop.time()), self.tell)

    def tell(self) -> None:
        """Tell what has ended since; nothing if nothing has."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ends, self._ends = self._ends, []
        self._due = asyncio.get_running_loop().time() + PACE + EACH * len(ends)
        if ends:
            name = self._standing.name
            self._standing.ended(ends, self._scheduler.times(name), self._scheduler.retries(name))
            self._told()
