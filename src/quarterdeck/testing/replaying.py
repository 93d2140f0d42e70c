"""Replays histories of a scheduler on a fake clock, and says in words what it wants done."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from quarterdeck.core.schedule import SECOND
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.hub.schedules.scheduler import Scheduler
from quarterdeck.hub.schedules.turns import Beside, Drop, Instruction, Interrupt, Recall, Skip, Start, Wait
from quarterdeck.testing.clock import FakeClock

if TYPE_CHECKING:
    from quarterdeck.hub.schedules.plan import Schedule
    from quarterdeck.hub.schedules.turns import Turn

TZ = ZoneInfo("Europe/Berlin")


class Replay:
    """A scheduler with its clock, in the zone TZ.  ``skipped`` counts by hook, ``reasons`` are those of the skips.

    Turns are given when they are due, unless ``ahead`` says so many microseconds before.  A worker begins its next turn
    when the one before has ended, and tells so.
    """

    def __init__(self, now: int = 1_800_000_000 * SECOND, ahead: int = 0) -> None:
        self.clock = FakeClock(now)
        numbers = count(1)
        self.scheduler = Scheduler(TZ, lambda now: f"r{next(numbers)}", ahead)
        self.skipped: dict[str, int] = {}
        self.reasons: set[str] = set()

    def plan(self, script: str = "s", planned: dict[str, int] | None = None, **hooks: Schedule | None) -> list[str]:
        """Put hooks on deck by their schedules alone, and open their lane."""
        plans = {name: None if schedule is None else Plan(schedule) for name, schedule in hooks.items()}
        return self.plan_all(plans, script, planned)

    def plan_all(
        self, plans: dict[str, Plan | None], script: str = "s", planned: dict[str, int] | None = None
    ) -> list[str]:
        """Put hooks on deck, and open their lane."""
        said = self.words(self.scheduler.plan(script, plans, self.clock.now(), planned))
        return said + self.words(self.scheduler.open(script, self.clock.now()))

    def tick(self, seconds: float = 0) -> list[str]:
        """Let so many seconds pass."""
        self.clock.advance(seconds)
        return self.words(self.scheduler.tick(self.clock.now(), self.clock.monotonic()))

    def end(self, script: str = "s", state: str = "done") -> list[str]:
        """The first of the turns that the worker holds ends in this state."""
        return self.words(self.scheduler.ended(script, self.held(script).run, state, self.clock.now()))

    def due(self, script: str = "s") -> dict[str, int]:
        """When each scheduled hook is due next."""
        return {name: due for name, (_, due) in self.scheduler.times(script).items()}

    def held(self, script: str = "s") -> Turn:
        """The first of the turns that the worker holds."""
        return next(iter(self.scheduler.held(script).values()))

    def begin(self, script: str = "s") -> None:
        """The worker tells that the first of its turns goes on."""
        self.scheduler.begun(script, self.held(script).run, self.clock.now())

    def words(self, instructions: list[Instruction]) -> list[str]:
        """What is to be done, in words; skips are only counted."""
        said = []
        for made in instructions:
            match made:
                case Start(turn):
                    said.append(f"start {turn.hook}" + (f" for {turn.missed} missed" if turn.missed else ""))
                case Beside(turn):
                    said.append(f"beside {turn.run} {turn.hook}")
                case Wait(turn):
                    said.append(f"wait {turn.hook}")
                case Drop(turn, reason):
                    said.append(f"drop {turn.hook}: {reason}")
                case Skip(_, hook, times, reason):
                    self.skipped[hook] = self.skipped.get(hook, 0) + times
                    self.reasons.add(reason)
                case Interrupt(turn, reason):
                    said.append(f"end {turn.run}: {reason}")
                case Recall(_, turns):
                    said.append(f"recall {' '.join(turn.hook for turn in turns)}")
        return said
