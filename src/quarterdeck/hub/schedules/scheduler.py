"""Says when each hook of each script runs: pure, told what happened and the time, answers with what is to be done.

One hook of a script runs at a time.  A due hook waits while another one runs, the longest waiting first.  What becomes
of a planned time of a hook that itself waits or runs, its plan says (``overlap``); at most one turn a hook waits, so
nothing queues without bound.  A run that failed is retried if its plan says so; whatever else runs the hook meanwhile
takes the retry's place.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING, Any

from quarterdeck.core.schedule import SECOND
from quarterdeck.hub.schedules.turns import CannotRun, Drop, Instruction, Interrupt, Retry, Skip, Start, Turn, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from quarterdeck.hub.schedules.plan import Plan

JUMP = 2 * SECOND
RETRIED = ("failed", "lost")
BUSY = "the run before was not over"
NOT_STARTED = "the run before had not started yet"
TOO_LATE = "it was too late to catch it up"
FOR_NEXT = "the next run of this hook was due"


class _Hook:
    __slots__ = ("due", "name", "plan", "planned", "retry", "running", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.plan: Plan | None = None
        self.planned = 0
        self.due: int | None = None  # up to its jitter after the planned time
        self.waiting: Turn | None = None
        self.running: Turn | None = None
        self.retry: Retry | None = None


class _Lane:
    """What one script's only worker has to do."""

    __slots__ = ("fresh", "hooks", "open", "running", "waiting")

    def __init__(self) -> None:
        self.hooks: dict[str, _Hook] = {}
        self.waiting: deque[Turn] = deque()
        self.fresh: list[Turn] = []  # came to wait in this very step
        self.running: Turn | None = None
        self.open = False


class Scheduler:
    """``tz`` rules the schedules that name no time zone; ``name_run(now)`` gives a new run its id."""

    def __init__(self, tz: tzinfo, name_run: Callable[[int], str]) -> None:
        self._tz = tz
        self._name_run = name_run
        self._lanes: dict[str, _Lane] = {}
        # Entries are never searched for: one whose hook has another due time by now is stale and passed over.
        self._heap: list[tuple[int, int, str, _Hook]] = []
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
        lane = self._lanes.setdefault(script, _Lane())
        before, lane.hooks = lane.hooks, {}
        for name, plan in hooks.items():
            hook = lane.hooks[name] = before.pop(name) if name in before else _Hook(name)
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

    def open(self, script: str) -> list[Instruction]:
        """The script's worker can run hooks."""
        lane = self._lanes[script]
        lane.open = True
        return self._advance(lane)

    def close(self, script: str) -> None:
        """The script's worker takes no further run; what is due waits."""
        if script in self._lanes:
            self._lanes[script].open = False

    def remove(self, script: str, reason: str) -> list[Instruction]:
        """The script is broken or gone: none of its hooks is due any more."""
        lane = self._lanes.pop(script, None)
        if lane is None:
            return []
        return [made for hook in lane.hooks.values() for made in self._retire(lane, hook, reason)]

    def adopt(self, turn: Turn) -> None:
        """A run that an earlier hub had started goes on."""
        lane = self._lanes.setdefault(turn.script, _Lane())
        lane.running = turn
        if turn.hook in lane.hooks:
            lane.hooks[turn.hook].running = turn

    # --- what happens

    def tick(self, now: int, monotonic: float) -> list[Instruction]:
        """Time has passed."""
        self._mind_the_clock(now, monotonic)
        made: list[Instruction] = []
        lanes: dict[str, _Lane] = {}
        while self._heap and self._heap[0][0] <= now:
            due, _, script, hook = heapq.heappop(self._heap)
            lane = self._lanes.get(script)
            if lane is None or lane.hooks.get(hook.name) is not hook:
                continue
            if hook.due == due:
                made += self._come_due(script, lane, hook, now)
            elif hook.retry is not None and hook.retry.due == due:
                made += self._come_again(script, lane, hook, hook.retry, now)
            lanes[script] = lane
        for lane in lanes.values():
            made += self._advance(lane)
        return made

    def ended(self, script: str, run: str, state: str = "done", now: int = 0) -> list[Instruction]:
        """A run is over, in this state."""
        lane = self._lanes.get(script)
        if lane is None or lane.running is None or lane.running.run != run:
            return []
        turn, lane.running = lane.running, None
        hook = lane.hooks.get(turn.hook)
        if hook is not None:
            hook.running = None
            plan = hook.plan
            if plan and state in RETRIED and turn.attempt <= plan.retries and not hook.waiting:
                first, due = turn.retry_of or run, now + plan.pause(turn.attempt)
                self._retry(script, hook, Retry(due, first, turn.attempt + 1, turn.by, turn.args))
        return self._advance(lane)

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
        self._queue(lane, found, turn, first=cause == "setup")
        return turn, self._advance(lane)

    def cancel(self, script: str, run: str, reason: str) -> list[Instruction]:
        """Drop this turn if it waits; nothing if it does not."""
        lane = self._lanes.get(script)
        turn = next((turn for turn in lane.waiting if turn.run == run), None) if lane else None
        if lane is None or turn is None:
            return []
        lane.waiting.remove(turn)
        lane.hooks[turn.hook].waiting = None
        return [Drop(turn, reason)]

    # --- what is known

    def wake(self) -> int | None:
        """When the next hook is due; None if none is."""
        return self._heap[0][0] if self._heap else None

    def next_due(self, script: str) -> dict[str, int]:
        """The next due time of each scheduled hook of a script."""
        return {name: due for name, (_, due) in self.times(script).items()}

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

    def has_slipped(self, turn: Turn, now: int) -> bool:
        """Whether a turn that starts now does so later than it should."""
        hook = self._lanes[turn.script].hooks.get(turn.hook)
        return turn.cause == "schedule" and bool(hook and hook.plan and hook.plan.is_slip(now - turn.due))

    def running(self, script: str) -> Turn | None:
        """The turn that runs."""
        lane = self._lanes.get(script)
        return lane.running if lane else None

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

    def _put(self, script: str, hook: _Hook, plan: Plan, planned: int) -> None:
        hook.planned = planned
        hook.due = due = plan.due(script, hook.name, planned)
        self._push(due, script, hook)

    def _retry(self, script: str, hook: _Hook, retry: Retry) -> None:
        hook.retry = retry
        self._push(retry.due, script, hook)

    def _push(self, due: int, script: str, hook: _Hook) -> None:
        self._entries += 1
        heapq.heappush(self._heap, (due, self._entries, script, hook))

    def _come_due(self, script: str, lane: _Lane, hook: _Hook, now: int) -> list[Instruction]:
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
        if hook.waiting or (hook.running and plan.overlap == "skip"):
            return [Skip(script, hook.name, missed + 1, NOT_STARTED if hook.waiting else BUSY)]
        turn = Turn(self._name_run(now), script, hook.name, due=due, cause="schedule", missed=missed)
        self._queue(lane, hook, turn)
        return [Interrupt(hook.running, FOR_NEXT)] if hook.running and plan.overlap == "cancel" else []

    def _come_again(self, script: str, lane: _Lane, hook: _Hook, retry: Retry, now: int) -> list[Instruction]:
        plan, hook.retry = hook.plan, None
        if plan is None or hook.waiting or hook.running:
            return []
        if plan.calendars and (excluded := plan.excludes((now,), self._zone(plan))):
            return [Skip(script, hook.name, 1, excluded)]
        turn = Turn(
            self._name_run(now), script, hook.name, due=retry.due, cause="retry", by=retry.by, args=retry.args,
            attempt=retry.attempt, retry_of=retry.first,
        )  # fmt: skip
        self._queue(lane, hook, turn)
        return []

    def _queue(self, lane: _Lane, hook: _Hook, turn: Turn, first: bool = False) -> None:
        hook.waiting, hook.retry = turn, None
        lane.fresh.append(turn)
        if first:
            lane.waiting.appendleft(turn)
        else:
            lane.waiting.append(turn)

    def _advance(self, lane: _Lane) -> list[Instruction]:
        """Start the first that waits, if it can; say it of every new turn that stays behind."""
        made: list[Instruction] = []
        if lane.open and lane.running is None and lane.waiting:
            turn = lane.running = lane.waiting.popleft()
            hook = lane.hooks[turn.hook]
            hook.waiting, hook.running = None, turn
            made.append(Start(turn))
        made += [Wait(turn) for turn in lane.fresh if turn is not lane.running]
        lane.fresh.clear()
        return made

    def _retire(self, lane: _Lane, hook: _Hook, reason: str) -> list[Instruction]:
        hook.due = hook.retry = None
        turn, hook.waiting = hook.waiting, None
        if turn is None:
            return []
        lane.waiting.remove(turn)
        return [Drop(turn, reason)]

    def _mind_the_clock(self, now: int, monotonic: float) -> None:
        """If somebody set the clock back, no hook may stay silent until the old time comes again."""
        before, self._clocks = self._clocks, (now, monotonic)
        if before is None or now - before[0] - (monotonic - before[1]) * SECOND > -JUMP:
            return
        for script, lane in self._lanes.items():
            for hook in lane.hooks.values():
                if (plan := hook.plan) is not None and hook.due is not None:
                    self._put(script, hook, plan, plan.schedule.settle(hook.planned, now, self._zone(plan)))
