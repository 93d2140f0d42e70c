"""The turns that one script's worker was given and that are not over: a record in the store until they are.

A worker starts its turns by itself.  It is told of them once they are recorded, and notes each begin in a file before
it calls the hook (``worker/begun.py``), so whoever comes afterwards, the next hub or the next worker, knows which runs
may have begun, and starts only those that certainly have not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypedDict

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.hub.schedules.turns import Drop, Turn
from quarterdeck.hub.scripts.workers.supervision import RunEnded, RunStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.schedules.turns import Instruction
    from quarterdeck.hub.scripts.needs import Records
    from quarterdeck.hub.scripts.runs.launcher import Launcher
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.workers.child import Hello
    from quarterdeck.hub.scripts.workers.supervision import EndRun, Interrupted
    from quarterdeck.hub.scripts.workers.worker import Worker

TURNS = "turns"
DIED = "its worker died while no hub was there to see it"
LATE_SECONDS = 5.0
"""How long a worker that comes back to a new hub may take to tell the end of a run."""


class TurnsRecord(TypedDict):
    """What the next hub is to know: the turns that are not over, and when each hook is planned next."""

    held: list[dict[str, Any]]
    planned: dict[str, int]


class GrantedTurns:
    """Of one script.  ``kept`` is what an earlier hub recorded, ``left`` the turns of it that nobody has taken on."""

    def __init__(
        self,
        script: str,
        *,
        records: Records,
        runs: Runs,
        scheduler: Scheduler,
        launcher: Launcher,
        clock: Clock,
        carry_out: Callable[[Iterable[Instruction]], None],
        kept: TurnsRecord | None,
    ) -> None:
        self.worker: Worker
        self._script = script
        self._records = records
        self._runs = runs
        self._scheduler = scheduler
        self._launcher = launcher
        self._clock = clock
        self._carry_out = carry_out
        self._planned: dict[str, int] = dict(kept.get("planned") or {}) if kept else {}
        self.left = [Turn.of(script, plain) for plain in kept.get("held") or ()] if kept else []
        self._adopting = False
        self._interrupted: str | None = None

    @property
    def held(self) -> Mapping[str, Turn]:
        """The turns that the worker holds, by run."""
        return self._scheduler.held(self._script)

    def following(self, told: Mapping[str, int]) -> dict[str, int]:
        """The planned times that a topic tells, or later ones that the record knows of."""
        return {hook: max(planned, self._planned.get(hook, planned)) for hook, planned in told.items()}

    # --- given and over

    def give(self, turns: list[Turn]) -> None:
        """The worker is to have these turns."""
        if self.worker.supervisor.run is None:
            self.worker.files.begin_run(self._clock.now())
            self.worker.tell(RunStarted(turns[0].run))
        self._note()
        for turn in turns:
            self._launcher.add(turn)

    def over(self, run: str, state: str) -> Turn | None:
        """A run has ended; the turn, if the worker held it."""
        self._launcher.ended(run)
        turn = self.held.get(run)
        made = self._scheduler.ended(self._script, run, state, self._clock.now())
        if made or state != "done":  # what comes next may be sooner than what was next
            self._carry_out(made)
        if turn is not None:
            self._check_idle()
        return turn

    def begun(self, run: str) -> Turn | None:
        """The worker tells that a run goes on; the turn, if it is one that it was given."""
        before, turn = self._scheduler.running(self._script), self.held.get(run)
        if turn is None:
            return None
        if before is not None and before is not turn:
            # It does one after the other, so that one is over.
            self._runs.end(before.run, "lost", "the hub refused what its worker told of its end")
        self._scheduler.begun(self._script, run, self._clock.now())
        return turn

    # --- given back

    async def recall(self, runs: Iterable[str]) -> list[str]:
        """Ask the worker for turns that it has not begun; those that it gave back."""
        link, asked = self.worker.link, list(runs)
        if link is None:
            return []
        answer = await link.call("recall", {"runs": asked})
        return [run for run in asked if run in answer["runs"]]

    async def take_back(self, turns: list[Turn]) -> None:
        """What of these the worker has not begun waits here again."""
        self._back(await self.recall(turn.run for turn in turns))

    async def cancel(self, turn: Turn, reason: str) -> bool:
        """Drop a turn that the worker has not begun; False if it has."""
        if turn.run not in await self.recall([turn.run]):
            return False
        self._launcher.ended(turn.run)
        self._carry_out([*self._scheduler.ended(self._script, turn.run, "cancelled"), Drop(turn, reason)])
        self._check_idle()
        return True

    def interrupt(self, interrupted: Interrupted) -> None:
        """End the worker that is in this run; nothing if it has ended."""
        if interrupted.run in self.held:
            self._interrupted = interrupted.run
            self.worker.tell(interrupted)

    def lost(self, end: EndRun, version: str | None) -> None:
        """The worker died: what it had begun ends, and what it had not waits for the next worker.

        ``end`` is for the run that it was in, ``version`` is that of its script.
        """
        began = self.worker.files.begun()
        begun = [turn for turn in self.held.values() if turn.begun or turn.run in began]
        noted = [run for run in began if run in self.held]  # in their order
        inside = self._interrupted or (noted[-1] if noted else next((turn.run for turn in begun), None))
        self._interrupted = None
        for turn in begun:
            left = self.worker.files.of_run(self._runs.values(turn.run), self.worker.path, began.get(turn.run))
            left["version"] = version
            if turn.run == inside:
                self._runs.end(turn.run, end.state, end.reason, error=end.error, hint=end.hint, left=left, turn=turn)
            else:
                left = {field: left[field] for field in ("started", "version") if field in left}
                reason = "its worker died before it had told how it ended"
                self._runs.end(turn.run, "lost", reason, left=left, turn=turn)
        self._back(list(self.held))

    # --- an earlier hub

    def lives(self) -> str | None:
        """The worker of an earlier hub lives, and holds what it was given; one of these, if there is any."""
        self._adopting = True
        for turn in self.left:
            values = self._runs.values(turn.run)
            turn.born = bool(values)
            if values.get("state") not in END_STATES:
                self._scheduler.adopt(turn, running=values.get("state") == "running")
        self.left = []
        return next(iter(self.held), None)

    def died(self, began: Container[str], *, doubtful: bool) -> list[str]:
        """The worker of an earlier hub is dead: the runs that it had begun; what it had not waits for the next one.

        ``doubtful``: the machine went down with it, so what it noted last may not have reached the disk.
        """
        lost = []
        for turn in list(self.left):
            values = self._runs.values(turn.run)
            turn.born = bool(values)
            over = values.get("state") in END_STATES  # told before the hub ended, and counted
            has_begun = values.get("state") == "running" or turn.run in began
            if not over and (has_begun or doubtful):
                reason = DIED if has_begun else "the machine went down, and whether it had begun is not known"
                self._runs.end(turn.run, "lost", reason, turn=turn)
                lost.append(turn.run)
            if self._runs.values(turn.run).get("state", "waiting") != "waiting":
                self.left.remove(turn)
        return lost

    def plan(self) -> None:
        """The hooks are planned: what is left of an earlier hub's turns waits, too."""
        left, self.left = self.left, []
        for turn in left:
            self._scheduler.adopt(turn, running=False)
        self._carry_out(self._scheduler.returned(self._script, [turn.run for turn in left], self._clock.now()))

    def connected(self, state: Hello) -> str | None:
        """The worker is connected, and tells what it holds; a run of its own that is not over, if there is one."""
        self._launcher.again(self._script)
        if self._adopting:
            self._adopting = False
            has = {state.get("run"), *(state.get("held") or ())}
            began = self.worker.files.begun()
            # Those never reached it: the hub before had died between their commit and the call.
            far = [turn for run, turn in self.held.items() if not (turn.begun or run in has or run in began)]
            self.left += far
            self._scheduler.forget(self._script, [turn.run for turn in far])
            self._check_idle()
            late = [run for run in self.held if run not in has]
            asyncio.get_running_loop().call_later(LATE_SECONDS, self._lose, late)
        return state.get("run") or next(iter(self.held), None)

    def plain(self) -> TurnsRecord:
        """What is recorded of it."""
        held = [turn.plain() for turn in (*self.left, *self.held.values())]
        return {"held": held, "planned": dict(self._planned)}

    # --- inside

    def _lose(self, runs: list[str]) -> None:
        for run in runs:
            if run in self.held:
                self._runs.end(run, "lost", "its worker did not tell how it ended", turn=self.held[run])

    def _back(self, runs: list[str]) -> None:
        for run in runs:
            self._launcher.ended(run)
        if runs:
            self._carry_out(self._scheduler.returned(self._script, runs, self._clock.now()))
            self._check_idle()

    def _check_idle(self) -> None:
        if self.held:
            return
        first = self.worker.supervisor.run
        if first is not None:
            self._note()
            self.worker.tell(RunEnded(first))

    def _note(self) -> None:
        """Record what the worker holds, and what comes next: in one commit with whatever changes meanwhile."""
        self._planned = {hook: planned for hook, (planned, _) in self._scheduler.times(self._script).items()}
        self._records.record(TURNS, self._script, self.plain())
