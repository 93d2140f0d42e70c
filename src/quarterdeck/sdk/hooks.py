"""Marks functions of a script as hooks.  The worker looks for the marks; the functions stay what they were."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

ATTRIBUTE_NAME = "_script_hook"
MARKS_NAME = "_script_hooks"  # event -> ScriptHook, so that one function can be both setup and scheduled


class HookEvent:
    """What calls a hook."""

    Setup = "setup"
    Schedule = "schedule"


class Schedule:
    """When a hook is due: every ``run_every``, at the local time ``run_at`` (whole days only), or ``aligned``."""

    __slots__ = ("aligned", "run_at", "run_every")

    def __init__(self, run_every: datetime.timedelta, run_at: datetime.time | None, aligned: bool) -> None:
        self.run_every = run_every
        self.run_at = run_at
        self.aligned = aligned


class ScriptHook:
    """The mark of a function: ``callback`` is the function itself, ``schedule`` None for setup."""

    __slots__ = ("callback", "event", "schedule")

    def __init__(self, callback: Callable[..., Any], event: str, schedule: Schedule | None = None) -> None:
        self.callback = callback
        self.event = event
        self.schedule = schedule


def setup(function: Function) -> Function:
    """Run this function once for each version of the script, before any other hook."""
    return _mark(function, ScriptHook(function, HookEvent.Setup))


def schedule(
    run_every: datetime.timedelta | None = None, at: datetime.time | None = None, aligned: bool = False
) -> Callable[[Function], Function]:
    """Run the function every ``run_every`` (a timedelta, at least a millisecond), for the first time at once.

    ``at``, a datetime.time of the deck's zone, says when in the day; ``run_every`` is whole days then (default one).
    ``aligned``: at multiples of ``run_every`` on the clock (an hour: every full hour); it means nothing beside ``at``.
    Marking a function a second time replaces its schedule.
    """
    planned = _checked(run_every, at, aligned)

    def decorate(function: Function) -> Function:
        return _mark(function, ScriptHook(function, HookEvent.Schedule, planned))

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


def _checked(run_every: Any, at: Any, aligned: bool) -> Schedule:
    import datetime  # noqa: PLC0415 - a script that has a schedule has loaded it

    day = datetime.timedelta(days=1)
    if callable(run_every):
        raise TypeError("schedule needs brackets: write @hooks.schedule(run_every=timedelta(seconds=1))")
    if at is not None and not isinstance(at, datetime.time):
        raise TypeError(f"at is {at!r}; give a datetime.time such as time(hour=7, minute=30)")
    every = day if run_every is None and at is not None else run_every
    if not isinstance(every, datetime.timedelta):
        raise TypeError(f"run_every is {run_every!r}; give a timedelta such as timedelta(seconds=1)")
    if every < datetime.timedelta(milliseconds=1):
        raise ValueError(f"run_every is {every}; the shortest is timedelta(milliseconds=1)")
    if at is not None and every < day:
        import warnings  # noqa: PLC0415 - only a mistake pays for it

        warnings.warn(f"at={at} is ignored, it needs a run_every of at least a day, not {every}", stacklevel=3)
        at = None
    return Schedule(every, at, bool(aligned))
