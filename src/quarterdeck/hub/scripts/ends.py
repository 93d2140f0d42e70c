"""What is derived of a script's runs, their ends and what comes next: one event for what happens at about one time."""

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
    """Of one script.  ``told`` is called after each event that tells of ends."""

    def __init__(self, standing: Standing, scheduler: Scheduler, judge: Judge, told: Callable[[], None]) -> None:
        self._standing = standing
        self._scheduler = scheduler
        self._judge = judge
        self._told = told
        self._ends: list[tuple[str, Mapping[str, Any]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._when = 0.0
        self._due = 0.0

    def add(self, run: str, values: Mapping[str, Any]) -> None:
        """A run has ended with these values."""
        self._ends.append((run, values))
        self._judge.judge(run, values)
        if values.get("state") != "done":
            self.tell()
        else:
            self._tell_at(self._due)

    def follow(self) -> None:
        """The next times have changed, as a run has begun: of a short run they are told with its end."""
        self._tell_at(max(self._due, asyncio.get_running_loop().time() + PACE))

    def _tell_at(self, when: float) -> None:
        if self._timer is not None:
            if self._when <= when:
                return
            self._timer.cancel()
        self._when = when
        self._timer = asyncio.get_running_loop().call_at(when, self.tell)

    def tell(self) -> None:
        """Tell what has ended since, and what comes next; nothing if nothing has changed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ends, self._ends = self._ends, []
        self._due = asyncio.get_running_loop().time() + PACE + EACH * len(ends)
        name = self._standing.name
        times, retries = self._scheduler.times(name), self._scheduler.retries(name)
        if ends:
            self._standing.ended(ends, times, retries)
            self._told()
        else:
            self._standing.due(times, retries)
