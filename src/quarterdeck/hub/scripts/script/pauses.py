"""Hooks that are paused: their schedules start nothing until somebody resumes them.  By hand they run all the same.

A pause outlives edits, restarts of the hub, and the absence of the script's files, so it is a record of its own; the
script's topic tells of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from quarterdeck.hub.schedules.turns import CannotRun

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.plan import Plan
    from quarterdeck.hub.scripts.needs import Records
    from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic

PAUSED = "paused"
ALL = "*"
"""Stands for every hook of a script; no hook can have this name."""
BY_ITSELF = ("schedule", "retry")
"""The causes of runs that a pause holds back."""


class Pause(TypedDict):
    """Since when (UTC microseconds), by whom, and when each hook that it holds back was due next."""

    at: int
    by: str | None
    planned: dict[str, int]


class Pauses:
    """Of one script.  ``kept`` is what it once recorded, and is changed; ``zone`` is the deck's."""

    def __init__(
        self, topic: ScriptTopic, records: Records, clock: Clock, zone: tzinfo, kept: dict[str, Pause]
    ) -> None:
        self._topic = topic
        self._records = records
        self._clock = clock
        self._zone = zone
        self._kept = kept

    def holds(self, hook: str) -> bool:
        """Whether the schedule of this hook is paused, alone or with its whole script."""
        return ALL in self._kept or hook in self._kept

    def plans(self) -> dict[str, Plan | None]:
        """The plans of the script's hooks; None for what runs by hand only, for now or at all."""
        return {name: None if self.holds(name) else plan for name, plan in self._topic.plans().items()}

    def pause(self, hook: str | None, by: str | None) -> None:
        """Hold back one hook, or all.  What is paused already stays as it is.  Raises CannotRun for an unknown hook."""
        if hook is not None:
            self._check(hook)
        if (hook or ALL) in self._kept:
            return
        planned = {name: at for name, at in self._topic.planned().items() if hook in (None, name)}
        self._kept[hook or ALL] = {"at": self._clock.now(), "by": by, "planned": planned}
        self._tell("script.paused", hook, by)

    def resume(self, hook: str | None, by: str | None) -> dict[str, int]:
        """Let one hook go on, or all: single hooks as well.  Returns when each is due next, in the rhythm it had.

        Raises CannotRun if the hook is unknown, or paused with its whole script.
        """
        if hook is not None:
            self._check(hook)
            if hook not in self._kept and ALL in self._kept:
                raise CannotRun(
                    f"the whole script {self._topic.name!r} is paused, not {hook!r} alone", "resume the script"
                )
        ended = list(self._kept) if hook is None else [hook]
        gone = [self._kept.pop(name) for name in ended if name in self._kept]
        if gone:
            self._tell("script.resumed", hook, by)
        return self._following({name: at for each in gone for name, at in each["planned"].items()})

    def tell(self) -> None:
        """Say on the topic what is paused, if it does not say so."""
        said = self._topic.values.get("paused") or {}
        if said != self._told():
            self._topic.paused(said, self._told())

    def _told(self) -> dict[str, dict[str, Any]]:
        return {name: {"at": each["at"], "by": each["by"]} for name, each in self._kept.items()}

    def _tell(self, name: str, hook: str | None, by: str | None) -> None:
        self._records.record(PAUSED, self._topic.name, dict(self._kept) or None)
        said = self._topic.values.get("paused") or {}
        self._topic.paused(said, self._told(), name=name, by=by, hook=hook)

    def _check(self, hook: str) -> None:
        hooks = self._topic.hooks
        if hook not in hooks and hook not in self._kept:
            raise CannotRun(
                f"script {self._topic.name!r} has no hook {hook!r}",
                f"its hooks: {', '.join(hooks) or 'none at present'}",
            )

    def _following(self, planned: Mapping[str, int]) -> dict[str, int]:
        plans, now = self.plans(), self._clock.now()
        return {
            name: plan.following(at, now, plan.zone or self._zone)
            for name, at in planned.items()
            if (plan := plans.get(name)) is not None
        }
