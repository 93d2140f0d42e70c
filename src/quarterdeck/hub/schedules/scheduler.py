"""Says when each hook of each script runs: pure, told what happened and the time, answers with what is to be done.

A turn is given to its script's worker some time before it is due (``ahead``), together with all others of the same
moment; the worker starts it by itself, one turn after the other.  What cannot be decided ahead is decided when it is
due.  A turn waits here while its worker is not ready, its hook is busy, or another run goes on for long.

What becomes of a planned time of a hook that itself waits or runs, its plan says (``overlap``); at most one turn a hook
waits, so nothing queues without bound.  A run that failed is retried if its plan says so; whatever else runs the hook
meanwhile takes the retry's place.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

from quarterdeck.core.schedule import SECOND
from quarterdeck.hub.schedules.lanes import BY_ITSELF, Hook, Lane
from quarterdeck.hub.schedules.turns import (
    Beside,
    CannotRun,
    Drop,
    Instruction,
    Interrupt,
    Recall,
    Retry,
    Skip,
    Start,
    Turn,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    from quarterdeck.hub.schedules.plan import Plan

AHEAD = SECOND // 5
"""Turns are given so long before they are due, up to half as long again: all of a tenth of a second together."""
LONG = SECOND
"""What is behind a run that goes on for longer waits here, where it is seen, and can be cancelled."""
JUMP = 2 * SECOND
RETRIED = ("failed", "lost")
BUSY = "the run before was not over"
NOT_STARTED = "the run before had not started yet"
TOO_LATE = "it was too late to catch it up"
FULL = "as many of its runs went on as may at a time"
FOR_NEXT = "the next run of this hook was due"


class Scheduler:
    """``tz`` rules the schedules that name no time zone; ``name_run(moment)`` gives a new run its id."""

    def __init__(self, tz: tzinfo, name_run: Callable[[int], str], ahead: int = AHEAD) -> None:
        self._tz = tz
        self._name_run = name_run
        self._ahead = ahead
        self._lanes: dict[str, Lane] = {}
        # Entries are never searched for: one whose hook is looked at another time by now is stale and passed over.
        self._heap: list[tuple[int, int, str, Hook | Turn]] = []
        self._entries = 0
        self._clocks: tuple[int, float] | None = None

    # --- what a script has

    def plan(
        self,
        script: str,
        hooks: Mapping[str, Plan | None],
        now: int,
        planned: Mapping[str, int] | None = None,
        retries: Mapping[str, Retry] | None = None,
    ) -> list[Instruction]:
        """The hooks of a script's present version (None: only by trigger, or paused).

        ``planned``, ``retries``: the next ones that an earlier hub had set.  A hook whose schedule stays keeps its own.
        """
        lane = self._lanes.setdefault(script, Lane())
        before, lane.hooks = lane.hooks, {}
        for name, plan in hooks.items():
            hook = lane.hooks[name] = before.pop(name) if name in before else Hook(name)
            hook.held = next((turn for turn in lane.held.values() if turn.hook == name), None)
            same = plan is not None and hook.plan is not None and hook.plan.is_like(plan)
            hook.plan = plan
            if plan is None:
                hook.due = hook.retry = None
            elif not same:
                due = (planned or {}).get(name)
                self._put(script, hook, plan, plan.schedule.first(now, self._zone(plan)) if due is None else due)
                if hook.retry is None and retries and name in retries:
                    self._retry(script, hook, retries[name])
        return [
            instruction
            for hook in before.values()
            for instruction in self._retire(lane, hook, "the script's new version does not have this hook")
        ]

    def open(self, script: str, now: int) -> list[Instruction]:
        """The script's worker can run hooks."""
        lane = self._lanes.setdefault(script, Lane())
        lane.open = True
        return self._advance(lane, now)

    def close(self, script: str) -> list[Instruction]:
        """The script's worker takes no further run; what is due waits."""
        lane = self._lanes.get(script)
        if lane is None:
            return []
        lane.open = False
        return self._recall(script, lane)

    def remove(self, script: str, reason: str) -> list[Instruction]:
        """The script is broken or gone: none of its hooks is due any more."""
        lane = self._lanes.get(script)
        if lane is None:
            return []
        made = self._recall(script, lane)
        made += [drop for hook in lane.hooks.values() for drop in self._retire(lane, hook, reason)]
        lane.hooks, lane.open = {}, False
        if not lane.held and not lane.beside:  # else there is a run to end
            del self._lanes[script]
        return made

    def adopt(self, turn: Turn, *, running: bool, beside: bool = False) -> None:
        """A turn that an earlier hub had given to the worker is in its hands, or goes on; or it runs ``beside`` it."""
        lane = self._lanes.setdefault(turn.script, Lane())
        if beside:
            lane.beside[turn.run] = turn
            return
        lane.held[turn.run] = turn
        if running:
            turn.begun = turn.born = True
            lane.running = turn
        hook = lane.hooks.get(turn.hook)
        if hook is not None:
            hook.held = hook.held or turn

    def forget(self, script: str, runs: Iterable[str]) -> None:
        """The worker does not hold these turns after all."""
        for run in runs:
            self._lanes[script].release(run)

    # --- what happens

    def tick(self, now: int, monotonic: float) -> list[Instruction]:
        """Time has passed."""
        self._mind_the_clock(now, monotonic)
        made: list[Instruction] = []
        lanes: dict[str, Lane] = {}
        while self._heap and self._heap[0][0] <= now:
            look, _, script, entry = heapq.heappop(self._heap)
            lane = self._lanes.get(script)
            if lane is None:
                continue
            if isinstance(entry, Turn):
                made += self._recall(script, lane) if lane.running is entry else []
            elif lane.hooks.get(entry.name) is entry:
                made += self._look(script, lane, entry, look, now)
                lanes[script] = lane
        for lane in lanes.values():
            made += self._advance(lane, now)
        return made

    def begun(self, script: str, run: str, now: int) -> None:
        """A run goes on; of those that are over as soon only the end is told."""
        lane = self._lanes.get(script)
        turn = lane.held.get(run) if lane else None
        if lane is not None and turn is not None:
            turn.begun = True
            lane.running, lane.since = turn, now
            self._push(now + LONG, script, turn)

    def ended(self, script: str, run: str, state: str = "done", now: int = 0) -> list[Instruction]:
        """A run is over, in this state."""
        lane = self._lanes.get(script)
        turn = lane.release(run) if lane else None
        if lane is None or turn is None:
            return []
        hook = lane.hooks.get(turn.hook)
        if hook is not None and hook.plan is not None and state in RETRIED and not hook.waiting:
            plan = hook.plan
            if turn.attempt <= plan.retries:
                first, due = turn.retry_of or run, now + plan.pause(turn.attempt)
                self._retry(script, hook, Retry(due, first, turn.attempt + 1, turn.by, turn.args))
        return self._advance(lane, now)

    def returned(self, script: str, runs: Iterable[str], now: int) -> list[Instruction]:
        """The worker did not begin these, and does not hold them any more: they wait again, before all others."""
        lane = self._lanes.get(script)
        if lane is None:
            return []
        made: list[Instruction] = []
        for turn in [turn for turn in map(lane.release, list(runs)[::-1]) if turn is not None]:
            hook = lane.hooks.get(turn.hook)
            if hook is None:
                made.append(Drop(turn, "the script's new version does not have this hook"))
            elif turn.cause == "schedule" and hook.plan is not None and hook.plan.is_too_late(turn.due, now):
                made.append(Drop(turn, TOO_LATE))
            else:
                lane.queue(hook, turn, first=True)
        return made + self._advance(lane, now)

    def trigger(
        self,
        script: str,
        hook: str,
        now: int,
        *,
        cause: str,
        by: str | None = None,
        args: Mapping[str, Any] | None = None,
    ) -> tuple[Turn, list[Instruction]]:
        """Somebody wants this hook to run now; raises CannotRun."""
        lane = self._lanes.get(script)
        found = lane and lane.hooks.get(hook)
        if not lane or not found:
            names = ", ".join(lane.hooks) if lane and lane.hooks else "none at present"
            raise CannotRun(f"script {script!r} has no hook {hook!r}", f"its hooks: {names}")
        if found.waiting:
            raise CannotRun(
                f"hook {hook!r} of script {script!r} waits already, as run {found.waiting.run}",
                "wait for that run to start, or cancel it",
            )
        turn = Turn(self._name_run(now), script, hook, due=now, cause=cause, by=by, args=args)
        lane.queue(found, turn, first=cause == "setup")
        return turn, self._advance(lane, now)

    def cancel(self, script: str, run: str, reason: str) -> list[Instruction]:
        """Drop this turn if it waits; nothing if it does not."""
        lane = self._lanes.get(script)
        turn = next((turn for turn in lane.waiting if turn.run == run), None) if lane else None
        if lane is None or turn is None:
            return []
        lane.leave(lane.hooks[turn.hook], turn)
        return [Drop(turn, reason)]

    # --- what is known

    def wake(self) -> int | None:
        """When there is something to decide; None if nothing is planned."""
        return self._heap[0][0] if self._heap else None

    def times(self, script: str) -> dict[str, tuple[int, int]]:
        """(planned, due) of each scheduled hook of a script, next time."""
        lane = self._lanes.get(script)
        hooks = lane.hooks if lane else {}
        return {name: (hook.planned, hook.due) for name, hook in hooks.items() if hook.due is not None}

    def plans(self, script: str) -> dict[str, tuple[Plan, int]]:
        """The plan and the next planned time of each scheduled hook of a script."""
        lane = self._lanes.get(script)
        hooks = lane.hooks if lane else {}
        return {name: (hook.plan, hook.planned) for name, hook in hooks.items() if hook.plan and hook.due is not None}

    def retries(self, script: str) -> dict[str, Retry]:
        """What is to be run again, by hook."""
        lane = self._lanes.get(script)
        return {name: hook.retry for name, hook in lane.hooks.items() if hook.retry is not None} if lane else {}

    def has_slipped(self, turn: Turn, late: int) -> bool:
        """Whether a turn that starts so late does so later than it should."""
        lane = self._lanes.get(turn.script)
        hook = lane.hooks.get(turn.hook) if lane else None
        return turn.cause == "schedule" and bool(hook and hook.plan and hook.plan.is_slip(late))

    def running(self, script: str) -> Turn | None:
        """The turn that goes on, as far as is known."""
        lane = self._lanes.get(script)
        return lane.running if lane else None

    def held(self, script: str) -> dict[str, Turn]:
        """The turns that the worker was given and that are not over, by run; not to be changed."""
        lane = self._lanes.get(script)
        return lane.held if lane else {}

    def beside(self, script: str) -> dict[str, Turn]:
        """The turns that run in processes of their own, by run; not to be changed."""
        lane = self._lanes.get(script)
        return lane.beside if lane else {}

    def waiting(self, script: str) -> list[Turn]:
        """The turns that wait, the longest waiting first."""
        lane = self._lanes.get(script)
        return list(lane.waiting) if lane else []

    def hooks(self, script: str) -> list[str]:
        """The names of a script's hooks that can run."""
        lane = self._lanes.get(script)
        return list(lane.hooks) if lane else []

    # --- inside

    def _zone(self, plan: Plan) -> tzinfo:
        return plan.zone or self._tz

    def _put(self, script: str, hook: Hook, plan: Plan, planned: int) -> None:
        hook.planned = planned
        hook.due = due = plan.due(script, hook.name, planned)
        # On a grid, so that what is due at about the same time is decided together.
        hook.look = (due - self._ahead) * 2 // self._ahead * self._ahead // 2 if self._ahead else due
        self._push(hook.look, script, hook)

    def _retry(self, script: str, hook: Hook, retry: Retry) -> None:
        hook.retry = retry
        self._push(retry.due, script, hook)

    def _push(self, moment: int, script: str, entry: Hook | Turn) -> None:
        self._entries += 1
        heapq.heappush(self._heap, (moment, self._entries, script, entry))

    def _look(self, script: str, lane: Lane, hook: Hook, look: int, now: int) -> list[Instruction]:
        if hook.due is not None and hook.look == look:
            if hook.due > now and (hook.held or hook.waiting or not self._takes(lane, now)):
                hook.look = hook.due
                self._push(hook.due, script, hook)
                return []
            return self._come_due(script, lane, hook, max(now, hook.due))
        if hook.retry is not None and hook.retry.due == look:
            return self._come_again(script, lane, hook, hook.retry, now)
        return []

    def _come_due(self, script: str, lane: Lane, hook: Hook, now: int) -> list[Instruction]:
        plan = hook.plan
        if plan is None:
            return []
        zone = self._zone(plan)
        planned, missed = plan.schedule.latest(hook.planned, now, zone)
        # Jitter may have put the latest into the future: then one before it stands for those that are missed.
        while (due := plan.due(script, hook.name, planned)) > now:
            planned, missed = plan.schedule.latest(hook.planned, planned - 1, zone)
        self._put(script, hook, plan, plan.schedule.after(planned, zone))
        excluded = plan.excludes((planned, now), zone) if plan.calendars else None
        if excluded or plan.is_too_late(due, now):
            return [Skip(script, hook.name, missed + 1, excluded or TOO_LATE)]
        begun = hook.held is not None and hook.held.begun
        if plan.overlap == "allow" and lane.runs_of(hook) >= plan.parallel:
            return [Skip(script, hook.name, missed + 1, FULL)]
        if hook.waiting or (hook.held and (plan.overlap == "skip" or (plan.overlap != "queue" and not begun))):
            return [Skip(script, hook.name, missed + 1, BUSY if begun and not hook.waiting else NOT_STARTED)]
        turn = Turn(self._name_run(due), script, hook.name, due=due, cause="schedule", missed=missed)
        lane.queue(hook, turn)
        return [Interrupt(hook.held, FOR_NEXT)] if hook.held and plan.overlap == "cancel" else []

    def _come_again(self, script: str, lane: Lane, hook: Hook, retry: Retry, now: int) -> list[Instruction]:
        plan, hook.retry = hook.plan, None
        if plan is None or hook.waiting or hook.held:
            return []
        if plan.calendars and (excluded := plan.excludes((now,), self._zone(plan))):
            return [Skip(script, hook.name, 1, excluded)]
        turn = Turn(
            self._name_run(now), script, hook.name, due=retry.due, cause="retry", by=retry.by, args=retry.args,
            attempt=retry.attempt, retry_of=retry.first,
        )  # fmt: skip
        lane.queue(hook, turn)
        return []

    def _takes(self, lane: Lane, now: int) -> bool:
        """Whether the worker is to be given turns: not unless it is ready, nor behind a run that goes on for long."""
        return lane.open and (lane.running is None or now - lane.since < LONG)

    def _advance(self, lane: Lane, now: int) -> list[Instruction]:
        """Give the worker what waits and can run; say it of every new turn that stays behind."""
        made: list[Instruction] = []
        if lane.waiting and self._takes(lane, now):
            for turn in list(lane.waiting):
                hook = lane.hooks[turn.hook]
                if hook.held is None and (turn.cause in BY_ITSELF or lane.is_free()):
                    lane.hold(hook, turn)
                    made.append(Start(turn))
        if lane.waiting and lane.open:
            made += [Beside(turn) for turn in list(lane.waiting) if lane.go_beside(turn)]
        if lane.fresh:
            made += [Wait(turn) for turn in lane.fresh if turn.run not in lane.held and turn.run not in lane.beside]
            lane.fresh.clear()
        return made

    def _recall(self, script: str, lane: Lane) -> list[Instruction]:
        idle = lane.idle()
        return [Recall(script, idle)] if idle else []

    def _retire(self, lane: Lane, hook: Hook, reason: str) -> list[Instruction]:
        hook.due = hook.retry = None
        made: list[Instruction] = []
        while (turn := hook.waiting) is not None:
            lane.leave(hook, turn)
            made.append(Drop(turn, reason))
        return made

    def _mind_the_clock(self, now: int, monotonic: float) -> None:
        """If somebody set the clock back, no hook may stay silent until the old time comes again."""
        before, self._clocks = self._clocks, (now, monotonic)
        if before is None or now - before[0] - (monotonic - before[1]) * SECOND > -JUMP:
            return
        for script, lane in self._lanes.items():
            for hook in lane.hooks.values():
                if (plan := hook.plan) is not None and hook.due is not None:
                    self._put(script, hook, plan, plan.schedule.settle(hook.planned, now, self._zone(plan)))
