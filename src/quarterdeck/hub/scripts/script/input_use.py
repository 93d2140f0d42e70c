"""What happens when somebody presses a button of a panel, or changes another input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.turns import CannotRun
from quarterdeck.hub.scripts.script.inputs import INPUT, checked, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.schedules.turns import Turn
    from quarterdeck.hub.scripts.needs import Board
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic
    from quarterdeck.hub.scripts.workers.worker import Worker


class Script(Protocol):
    """The part of ``script.py`` that this uses."""

    name: str
    topic: ScriptTopic
    worker: Worker

    def trigger(self, hook: str | None, by: str | None, args: Mapping[str, Any], cause: str = "trigger") -> str: ...


class InputUse:
    """Of one script."""

    def __init__(self, script: Script, board: Board, runs: Runs, scheduler: Scheduler) -> None:
        self._script = script
        self._board = board
        self._runs = runs
        self._scheduler = scheduler

    def use(self, component: str, value: Any, by: str | None) -> list[str]:
        """Somebody pressed a button or changed an input: the runs that it starts.  Raises CannotRun, WrongInput."""
        script = self._script
        hooks = [name for name, entry in script.topic.hooks.items() if component in (entry.get("inputs") or ())]
        topic = join("script", script.name, "panel", component)
        state = self._board.state(topic)
        kept = checked(component, state.values if state else {}, value)
        waiting = {turn.hook: turn for turn in self._scheduler.waiting(script.name)}
        if not kept:
            _check_press(component, hooks, waiting)
        else:
            self._board.publish(topic, kept, by=by)
            if script.worker.link is not None:
                script.worker.do(tell(script.worker.link, component, value))
        return [self._use(hook, waiting.get(hook), {"component": component, "value": value}, by) for hook in hooks]

    def _use(self, hook: str, waiting: Turn | None, args: dict[str, Any], by: str | None) -> str:
        """One hook of an input: of a run that waits only the newest value counts."""
        if waiting is None:
            return self._script.trigger(hook, by, args, cause=INPUT)
        if waiting.cause == INPUT:
            waiting.args, waiting.by = args, by
            self._runs.amend(waiting)
        return waiting.run


def _check_press(component: str, hooks: list[str], waiting: Mapping[str, Turn]) -> None:
    if not hooks:
        hint = f'mark a function of the script with @hooks.on("{component}")'
        raise CannotRun(f"nothing happens when {component!r} is pressed", hint)
    for hook in hooks:
        if hook in waiting:
            raise CannotRun(f"{component!r} was pressed already, {hook} waits for its turn", "wait for that run")
