"""Marks functions of a script as hooks.  The worker looks for the marks; the functions stay what they were."""

from __future__ import annotations

from quarterdeck.sdk.schedule import Schedule, check_rules, check_times

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

ATTRIBUTE_NAME = "_script_hook"
MARKS_NAME = "_script_hooks"  # event -> ScriptHook, so that one function can be both setup and scheduled


class HookEvent:
    """What calls a hook."""

    Setup = "setup"
    Schedule = "schedule"
    Input = "input"


class ScriptHook:
    """The mark of a function: ``callback`` is the function itself, ``schedule`` None for setup and inputs.

    ``components`` are the ids of the inputs that call it.
    """

    __slots__ = ("callback", "components", "event", "schedule")

    def __init__(
        self,
        callback: Callable[..., Any],
        event: str,
        schedule: Schedule | None = None,
        components: tuple[str, ...] = (),
    ) -> None:
        self.callback = callback
        self.event = event
        self.schedule = schedule
        self.components = components


def setup(function: Function) -> Function:
    """Run this function once for each version of the script, before any other hook."""
    return _mark(function, ScriptHook(function, HookEvent.Setup))


def schedule(
    run_every: datetime.timedelta | None = None,
    at: datetime.time | None = None,
    aligned: bool = False,
    *,
    cron: str | None = None,
    tz: str | datetime.tzinfo | None = None,
    jitter: datetime.timedelta | None = None,
    timeout: datetime.timedelta | None = None,
    retries: int = 0,
    backoff: datetime.timedelta | None = None,
    catch_up: datetime.timedelta | None = None,
    overlap: str = "skip",
    parallel: int | None = None,
    skip: str | Sequence[str] = (),
) -> Callable[[Function], Function]:
    """Run the function every ``run_every`` (a timedelta, at least a millisecond), for the first time at once.

    ``at``, a datetime.time, says when in the day; ``run_every`` is whole days then (default one).
    ``aligned``: at multiples of ``run_every`` on the clock (an hour: every full hour); it means nothing beside ``at``.
    ``cron`` instead of these: an expression of five fields, or six with the second first.
    ``tz``: the zone of the clock, such as "Europe/Berlin" (default: the deck's).
    ``jitter``: each run comes up to so much later, always the same for the same planned time.
    ``timeout``: a run that takes longer is ended and has failed.
    ``retries``: so many times a run that failed is run again, after ``backoff`` (10 s) and twice as long each time.
    ``catch_up``: how late a run may start that was missed while the hub was down (default: however late).
    ``overlap``: what happens if the run before still goes on: "skip" this one, "queue" it (one), "cancel" that one, or
    "allow" both: this one in a process of its own.  ``parallel``: so many runs at a time then (default 4).
    ``skip``: the name of a calendar, or several, at whose times it does not run; quarterdeck.toml has their files.
    Marking a function a second time replaces its schedule.
    """
    planned = check_times(run_every, at, aligned, cron, tz, jitter)
    check_rules(planned, timeout, retries, backoff, catch_up, overlap, parallel, skip)

    def decorate(function: Function) -> Function:
        return _mark(function, ScriptHook(function, HookEvent.Schedule, planned))

    return decorate


def on(*components: str) -> Callable[[Function], Function]:
    """Run the function when somebody presses the button, or changes the input, with one of these ids.

    It is a run like any other, and takes its turn; ``panel.args`` is {"component": id, "value": the new value}.
    While it waits for its turn the newest value counts, and a button cannot be pressed again.
    """
    if not components or not all(isinstance(id, str) and id for id in components):
        raise TypeError('on needs the ids of inputs: write @hooks.on("button")')

    def decorate(function: Function) -> Function:
        before = getattr(function, MARKS_NAME, {}).get(HookEvent.Input)
        ids = (*(before.components if before else ()), *components)
        return _mark(function, ScriptHook(function, HookEvent.Input, components=ids))

    return decorate


def marks_of(function: Any) -> list[ScriptHook]:
    """The marks of a function, in the order in which they were put on it; none for anything else."""
    marks = getattr(function, MARKS_NAME, None)
    return list(marks.values()) if isinstance(marks, dict) else []


def _mark(function: Function, hook: ScriptHook) -> Function:
    if not callable(function):
        raise TypeError(f"a hook is a function, this is {function!r}; write the decorator directly above def")
    marks = getattr(function, MARKS_NAME, {})
    setattr(function, MARKS_NAME, {**marks, hook.event: hook})
    setattr(function, ATTRIBUTE_NAME, hook)
    return function
