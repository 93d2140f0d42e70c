"""One script on deck: joins its worker, its hooks in the scheduler, and what its topic says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.hub.schedules.plan import LEAST_SLIP
from quarterdeck.hub.scripts.runs.deadline import Deadline
from quarterdeck.hub.scripts.script.inputs import INPUT
from quarterdeck.hub.scripts.script.steering import Steering
from quarterdeck.hub.scripts.topics.durations import Durations
from quarterdeck.hub.scripts.topics.paced_news import PacedNews
from quarterdeck.hub.scripts.topics.unusual_runs import UnusualRuns
from quarterdeck.hub.scripts.workers.loading import load_args
from quarterdeck.hub.scripts.workers.supervision import Interrupted, Overgrown, Unwanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.environments.environment import Environment, NotPrepared
    from quarterdeck.hub.frames import Values
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.schedules.turns import Instruction, Turn
    from quarterdeck.hub.scripts.finder import Found
    from quarterdeck.hub.scripts.needs import Board, Records
    from quarterdeck.hub.scripts.runs.beside import Beside
    from quarterdeck.hub.scripts.runs.granted_turns import GrantedTurns
    from quarterdeck.hub.scripts.script.pauses import Pauses
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic
    from quarterdeck.hub.scripts.workers.child import Hello
    from quarterdeck.hub.scripts.workers.supervision import EndRun
    from quarterdeck.hub.scripts.workers.worker import Worker

ASKED_FOR = ("trigger", INPUT)


class Script:
    """``carry_out`` does what the scheduler says; ``removed`` is called when the script is gone for good.

    ``stopped`` is called when it has no process any more; ``durations`` is what it once recorded of its runs.
    """

    def __init__(
        self,
        found: Found,
        topic: ScriptTopic,
        *,
        board: Board,
        records: Records,
        runs: Runs,
        scheduler: Scheduler,
        clock: Clock,
        durations: Mapping[str, Any] | None,
        pauses: Pauses,
        granted: GrantedTurns,
        beside: Beside,
        carry_out: Callable[[Iterable[Instruction]], None],
        removed: Callable[[Script], None],
        stopped: Callable[[], None],
    ) -> None:
        self.name = found.name
        self.found: Found | None = found
        self.topic = topic
        self.worker: Worker
        self._board = board
        self._runs = runs
        self._scheduler = scheduler
        self._clock = clock
        self._carry_out = carry_out
        self._removed = removed
        self._stopped = stopped
        self._planned: str | None = None  # the version whose hooks the scheduler has
        self._fault = ""
        self._ending = False
        self._setup_wanted = False
        self._deadline = Deadline(self.interrupt)
        self._pauses = pauses
        self.granted = granted
        self.beside = beside
        self.steering = Steering(
            self, board=board, runs=runs, scheduler=scheduler, clock=clock, pauses=pauses, carry_out=carry_out
        )
        self.durations = Durations(durations)
        self._news = PacedNews(
            topic, scheduler, UnusualRuns(topic, records, clock, self.durations), clock, self.on_change
        )

    # --- what its files say

    def appear(self, found: Found, environment: Environment | None) -> None:
        """It is on deck in this version, and runs in that environment; None: the hub's own interpreter."""
        self.found = found
        self._pauses.tell()
        self.worker.want(found, environment)

    def vanish(self, reason: str) -> None:
        """Its files are gone: it runs no more, and its topic ends when its worker has ended."""
        self.found = None
        self.topic.become("gone", reason, name="script.removed", next_due=None)
        self._carry_out(self._scheduler.remove(self.name, reason))
        self._planned = None
        self.worker.tell(Unwanted(reason))
        if self.stopped:
            self._removed(self)

    def end(self, reason: str) -> None:
        """The hub ends: the worker ends after its run; the topic stays."""
        self._ending = True
        self._news.tell()
        self._carry_out(self._scheduler.close(self.name))
        self.worker.tell(Unwanted(reason))
        self.beside.end(reason)

    @property
    def stopped(self) -> bool:
        """Whether no process is left."""
        return self.worker.state in ("new", "stopped") and not self.beside

    # --- what happens to its runs

    def interrupt(self, run: str, reason: str, state: str = "cancelled", error: str = "", hint: str = "") -> None:
        """End the process that is in this run, so that the run ends in this state; nothing if it has ended."""
        where = self.granted if self.beside.turn(run) is None else self.beside
        where.interrupt(Interrupted(run, reason, state, error, hint))

    def overgrown(self, reason: str, run: str | None = None) -> None:
        """The worker, or the process that has this run beside it, uses more memory than it may."""
        hint = f"let it hold less at once, or raise memory in [script.{self.name}] of quarterdeck.toml"
        if run is None:
            self.worker.tell(Overgrown(reason, hint))
        else:
            self.beside.overgrown(run, reason, hint)

    def give(self, turns: list[Turn]) -> None:
        """These turns are for its worker, which starts each when it is due."""
        for turn in turns:
            if turn.cause in ASKED_FOR:  # whoever asked for it can watch it from the beginning
                self._runs.queue(turn, self._planned)
        self.granted.give(turns)

    def give_beside(self, turn: Turn) -> None:
        """This turn runs beside another one of its hook."""
        if turn.cause in ASKED_FOR:
            self._runs.queue(turn, self._planned)
        self.beside.start(turn)
        self.on_change()

    def recall(self, turns: list[Turn]) -> None:
        """Its worker is to give these back, as far as it has not begun them."""
        self.worker.do(self.granted.take_back(turns))

    def birth(self, run: str) -> Values | None:
        """What a run begins with that its worker was given, or a process beside it; None once it has begun."""
        turn = self._scheduler.held(self.name).get(run) or self.beside.turn(run)
        return None if turn is None or turn.born or turn.begun else self._runs.birth(turn)

    def begun(self, run: str, values: Mapping[str, Any]) -> None:
        """A run of this script goes on."""
        turn = self.beside.begun(run) or self.granted.begun(run)
        if turn is None:
            return
        self._runs.started(turn)
        self._set_deadline(turn, max(0, self._clock.now() - int(values.get("started") or 0)))
        self._note_slip(turn, values)
        self._news.follow()
        self.on_change()

    def ended(self, run: str, values: Mapping[str, Any]) -> None:
        """A run of this script is over, however it ended."""
        self._deadline.clear(run)
        turn = self.granted.over(run, str(values.get("state")))
        self.beside.over(run)
        if turn is not None and not turn.begun:
            self._note_slip(turn, values)
        self._news.add(run, values)

    def _note_slip(self, turn: Turn, values: Mapping[str, Any]) -> None:
        late = values.get("late")
        if isinstance(late, int) and late > LEAST_SLIP and self._scheduler.has_slipped(turn, late):
            self._news.slipped(turn.hook, turn.run, late)

    def skipped(self, hook: str, times: int, reason: str) -> None:
        """So many planned times of a hook passed without a run, for this reason."""
        self._news.skipped(hook, times, reason)

    # --- what its worker says

    async def load_args(self, version: str) -> dict[str, Any]:
        """What a new worker is given."""
        return await load_args(self._board, self.name, version, setup=self.topic.needs_setup(version))

    def on_loaded(self, version: str, result: Mapping[str, Any]) -> None:
        """The script loaded."""
        self._setup_wanted = self.topic.needs_setup(version)
        self.topic.loaded(version, result)
        self._planned = None

    def on_broken(self, version: str, error: Mapping[str, Any]) -> None:
        """The script did not load."""
        self._planned = None
        self._carry_out(self._scheduler.remove(self.name, "its script does not load any more"))
        self.topic.broken(version, error)

    def on_open(self, version: str) -> None:
        """The worker takes runs of this version."""
        if self._ending or self.found is None:
            return
        self._fault = ""
        if self._planned != version:
            self._plan(self.granted.following(self.topic.planned()))
            self._planned = version
            self.granted.plan()
            self._set_deadlines()
            self._set_up(version)
            self._tell_times()
        self._carry_out(self._scheduler.open(self.name, self._clock.now()))

    def on_close(self) -> None:
        """The worker takes no runs."""
        self._carry_out(self._scheduler.close(self.name))

    def on_connected(self, state: Hello) -> str | None:
        """The worker is connected; the run that it has not ended yet, if there is one."""
        return self.granted.connected(state)

    def on_lost(self, end: EndRun) -> None:
        """The worker cannot tell the ends of its runs any more."""
        self.granted.lost(end, self._planned)

    def on_rest(self, seconds: float, reason: str) -> None:
        """The worker died and another one comes."""
        self._fault = f"{reason}; the next one starts " + (f"in {seconds:g} s" if seconds else "at once")
        self._planned = None if self.topic.values.get("unkept") else self._planned
        self.topic.become("waiting", self._fault, name="worker.died", worker=None)

    def on_stillborn(self, seconds: float, reason: str, hint: str) -> None:
        """The worker died before the script had loaded, and another one comes."""
        output = self.worker.files.output()
        then = f"it is tried again {f'in {seconds:g} s' if seconds else 'at once'}, and whenever its files change"
        where = "the last lines of its output may name the cause" if output else "it left no output"
        hint = "; ".join(filter(None, [hint, where, then]))
        self.on_broken(
            self._version or "",
            {"message": f"{reason}, so the script is not loaded", "hint": hint, "traceback": output or None},
        )

    def on_unprepared(self, error: NotPrepared) -> None:
        """The environment of this version cannot be made."""
        hint = f"{error.hint}; it is tried again in a while, and whenever its files change"
        told = {"message": error.message, "hint": hint, "traceback": error.output or None, "type": None}
        self.on_broken(self._version or "", told)

    def on_stopped(self) -> None:
        """A process ended, and none may be left."""
        if self.found is None and self.stopped and not self._ending:
            self._removed(self)
        self._stopped()

    def on_beside(self) -> None:
        """A process beside the worker is gone."""
        self.on_stopped()
        self.on_change()

    def on_change(self) -> None:
        """Say the present state on the topic."""
        if self.found is None or self._ending:
            return
        state, reason = self._present()
        if state is None:
            return
        running = self._running
        process = self.worker.process
        told = {"pid": process.pid, "started": round(process.started * 1_000_000)} if process else None
        self.topic.become(state, reason, running=running.run if running else None, worker=told)

    # --- inside

    def _plan(self, planned: Mapping[str, int]) -> None:
        plans, retries = self._pauses.plans(), self.topic.retries()
        self._carry_out(self._scheduler.plan(self.name, plans, self._clock.now(), planned, retries))

    def replan(self, planned: Mapping[str, int]) -> None:
        """Its pauses have changed; ``planned`` is when hooks that go on are due next."""
        if self._planned is not None:
            self._plan(planned)
            self._tell_times()
        self.on_change()

    def _tell_times(self, **fields: Any) -> None:
        self.topic.due(self._scheduler.times(self.name), self._scheduler.retries(self.name), **fields)

    def _set_deadline(self, turn: Turn, taken: int) -> None:
        """A run that takes longer than its hook allows will be ended; it has taken so many microseconds by now."""
        timeout = self.topic.hooks.get(turn.hook, {}).get("timeout")
        if timeout is not None:
            self._deadline.set(turn.run, timeout, taken)

    @property
    def _running(self) -> Turn | None:
        """The run that goes on, in the worker or else beside it."""
        beside = self._scheduler.beside(self.name).values()
        return self._scheduler.running(self.name) or next(iter(beside), None)

    def _present(self) -> tuple[str | None, str]:
        turn = self._running
        if turn is not None:
            return "running", turn.hook
        if self.topic.values.get("state") == "broken" and self.topic.values.get("tried") == self._version:
            return None, ""
        if self.worker.state in ("ready", "busy"):
            return ("waiting", "a run is about to start") if self._scheduler.waiting(self.name) else ("idle", "")
        if self.worker.state == "resting":
            return "waiting", self._fault
        if self.worker.state == "preparing":
            return "preparing", self.worker.interpreter.progress
        return "loading", self._fault

    @property
    def _version(self) -> str | None:
        return self.found.version if self.found else None

    def _set_up(self, version: str) -> None:
        name = self.topic.setup_hook
        if name is None or any(turn.hook == name for turn in self.granted.held.values()):
            return
        if self.topic.values.get("setup_done") == version and not self._setup_wanted:
            return
        self._setup_wanted = False
        if any(turn.hook == name for turn in self._scheduler.waiting(self.name)):
            return
        _, made = self._scheduler.trigger(self.name, name, self._clock.now(), cause="setup")
        self._carry_out(made)

    def _set_deadlines(self) -> None:
        """The run that an adopted worker is in may take no longer than others."""
        turn = self._scheduler.running(self.name)
        if turn is not None:
            started = self._runs.values(turn.run).get("started")
            self._set_deadline(turn, max(0, self._clock.now() - int(started or 0)))
