"""What is derived of a script's runs, their ends and what comes next: one event for what happens at about one time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quarterdeck.hub.scripts.topics.news import News, Skipped, Slipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic
    from quarterdeck.hub.scripts.topics.unusual_runs import UnusualRuns

PACE = 0.5
"""Seconds between two such events of one script while runs keep ending well; the first after quiet is told at once."""
EACH = 0.03
"""Seconds more for all that the event before told of: fifty hooks a second are told of every two seconds."""


class PacedNews:
    """Of one script.  ``told`` is called after each event that tells of ends."""

    def __init__(
        self, topic: ScriptTopic, scheduler: Scheduler, unusual: UnusualRuns, clock: Clock, told: Callable[[], None]
    ) -> None:
        self._topic = topic
        self._scheduler = scheduler
        self._unusual = unusual
        self._clock = clock
        self._told = told
        self._news = News()
        self._timer: asyncio.Handle | None = None
        self._when = 0.0
        self._due = 0.0

    def add(self, run: str, values: Mapping[str, Any]) -> None:
        """A run has ended with these values."""
        self._news.ends.append((run, values))
        self._unusual.judge(run, values)
        if values.get("state") != "done":
            self.tell()
        else:
            self._tell_at(self._due)

    def skipped(self, hook: str, times: int, reason: str) -> None:
        """So many planned times passed without a run, for this reason."""
        self._news.skips.append(Skipped(hook, self._clock.now(), times, reason))
        self._tell_at(self._due)

    def slipped(self, hook: str, run: str, late: int) -> None:
        """A planned run started so many microseconds late, which is more than it should."""
        self._news.slips.append(Slipped(hook, self._clock.now(), run, late))
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
        """Tell what has happened since, and what comes next; nothing if nothing has changed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        news, self._news = self._news, News()
        self._due = asyncio.get_running_loop().time() + PACE + EACH * len(news)
        name = self._topic.name
        self._topic.tell(news, self._scheduler.times(name), self._scheduler.retries(name))
        if news.ends:
            self._told()
