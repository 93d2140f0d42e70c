"""What people do with one script: run a hook, cancel a run, pause and resume its schedules, use its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.turns import CannotRun
from quarterdeck.hub.scripts.script.inputs import INPUT, check_press, checked, tell
from quarterdeck.hub.scripts.script.pauses import BY_ITSELF
from quarterdeck.hub.scripts.script.trigger import arguments_for, hook_meant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.schedules.turns import Instruction, Turn
    from quarterdeck.hub.scripts.needs import Board
    from quarterdeck.hub.scripts.runs.beside import Beside
    from quarterdeck.hub.scripts.runs.granted_turns import GrantedTurns
    from quarterdeck.hub.scripts.script.pauses import Pauses
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic
    from quarterdeck.hub.scripts.workers.worker import Worker


class Steered(Protocol):
    """The part of ``script.py`` that this uses."""

    name: str
    topic: ScriptTopic
    worker: Worker
    granted: GrantedTurns
    beside: Beside

    def interrupt(self, run: str, reason: str) -> None: ...
    def replan(self, planned: Mapping[str, int]) -> None: ...
    def on_change(self) -> None: ...


class Steering:
    """Of one script; ``carry_out`` does what the scheduler says."""

    def __init__(
        self,
        script: Steered,
        *,
        board: Board,
        runs: Runs,
        scheduler: Scheduler,
        clock: Clock,
        pauses: Pauses,
        carry_out: Callable[[Iterable[Instruction]], None],
    ) -> None:
        self._script = script
        self._board = board
        self._runs = runs
        self._scheduler = scheduler
        self._clock = clock
        self._pauses = pauses
        self._carry_out = carry_out

    def trigger(self, hook: str | None, by: str | None, args: Mapping[str, Any]) -> str:
        """Run a hook as soon as may be; returns the run's id.  Raises CannotRun, WrongArguments."""
        name, topic = self._script.name, self._script.topic
        names = self._hooks()
        if hook is None:
            hook = hook_meant(name, topic.hooks, names)
        return self._trigger(hook, by, arguments_for(hook, topic.hooks.get(hook, {}), args), "trigger")

    def cancel(self, run: str, by: str | None) -> None:
        """Drop a run that waits, or end the worker that is in it.  Raises CannotRun if it has ended."""
        script, reason = self._script, f"cancelled by {by}" if by else "cancelled"
        made = self._scheduler.cancel(script.name, run, reason)
        if made:
            self._carry_out(made)
            script.on_change()
        elif script.beside.turn(run) is not None:
            script.interrupt(run, reason)
        elif (turn := script.granted.held.get(run)) is not None:
            script.worker.do(self._cancel_given(turn, reason))
        else:
            state = self._runs.values(run).get("state", "unknown")
            raise CannotRun(
                f"run {run} neither waits nor runs, it is {state}", "only a waiting or running run can be cancelled"
            )

    def pause(self, hook: str | None, by: str | None) -> None:
        """Let the schedule of one hook, or of all, start nothing more; a run that goes on ends.  Raises CannotRun."""
        self._pauses.pause(hook, by)
        name, reason = self._script.name, f"paused by {by}" if by else "paused"
        for turn in self._scheduler.waiting(name):
            if turn.cause in BY_ITSELF and self._pauses.holds(turn.hook):
                self._carry_out(self._scheduler.cancel(name, turn.run, reason))
        self._script.replan({})

    def resume(self, hook: str | None, by: str | None) -> None:
        """Let the schedule of one hook, or of all, go on in its rhythm; what was missed stays so.  Raises CannotRun."""
        self._script.replan(self._pauses.resume(hook, by))

    def use(self, component: str, value: Any, by: str | None) -> list[str]:
        """Somebody pressed a button or changed an input: the runs that it starts.  Raises CannotRun, WrongInput."""
        script = self._script
        hooks = [name for name, entry in script.topic.hooks.items() if component in (entry.get("inputs") or ())]
        topic = join("script", script.name, "panel", component)
        state = self._board.state(topic)
        kept = checked(component, state.values if state else {}, value)
        waiting = {turn.hook: turn for turn in self._scheduler.waiting(script.name)}
        if not kept:
            check_press(component, hooks, waiting)
        else:
            self._board.publish(topic, kept, by=by)
            if script.worker.link is not None:
                script.worker.do(tell(script.worker.link, component, value))
        return [self._use(hook, waiting.get(hook), {"component": component, "value": value}, by) for hook in hooks]

    def _use(self, hook: str, waiting: Turn | None, args: dict[str, Any], by: str | None) -> str:
        """One hook of an input: of a run that waits only the newest value counts."""
        if waiting is None:
            self._hooks()
            return self._trigger(hook, by, args, INPUT)
        if waiting.cause == INPUT:
            waiting.args, waiting.by = args, by
            self._runs.amend(waiting)
        return waiting.run

    def _hooks(self) -> list[str]:
        """The hooks that can run; raises CannotRun if there are none yet."""
        name, values = self._script.name, self._script.topic.values
        if values.get("state") == "broken":
            raise CannotRun(f"script {name!r} is broken: {values.get('reason')}", "mend its files; it loads at once")
        names = self._scheduler.hooks(name)
        if not names:
            raise CannotRun(f"script {name!r} is still loading", "try again in a moment")
        return names

    def _trigger(self, hook: str, by: str | None, args: Mapping[str, Any], cause: str) -> str:
        name, now = self._script.name, self._clock.now()
        turn, made = self._scheduler.trigger(name, hook, now, cause=cause, by=by, args=args)
        self._carry_out(made)
        self._script.on_change()
        return turn.run

    async def _cancel_given(self, turn: Turn, reason: str) -> None:
        if turn.begun or not await self._script.granted.cancel(turn, reason):
            self._script.interrupt(turn.run, reason)
        self._script.on_change()
