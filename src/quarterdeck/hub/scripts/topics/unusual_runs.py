"""Marks the good runs of a script that took unusually long or short, and keeps the measure over restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.scripts.needs import Records
    from quarterdeck.hub.scripts.topics.durations import Durations
    from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic

DURATIONS = "durations"
"""The collection of records: by script, what its measure was."""
KEEP_SECONDS = 60.0


class UnusualRuns:
    """Of one script; ``durations`` are its measure."""

    def __init__(self, topic: ScriptTopic, records: Records, clock: Clock, durations: Durations) -> None:
        self._topic = topic
        self._records = records
        self._clock = clock
        self._durations = durations
        self._kept_at = clock.monotonic()

    def judge(self, run: str, values: Mapping[str, Any]) -> None:
        """A run has ended with these values of its topic."""
        if values.get("state") != "done":
            return
        hook, duration, now = str(values.get("hook")), int(values.get("duration") or 0), self._clock.monotonic()
        found = self._durations.judge(hook, duration)
        if found is not None:
            self._topic.unusual(hook, run, duration, found)
        if now - self._kept_at > KEEP_SECONDS:
            self._kept_at = now
            self._records.record(DURATIONS, self._topic.name, self._durations.plain())
