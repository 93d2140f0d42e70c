"""Finds the hooks of a script in its modules."""

from __future__ import annotations

import functools
import inspect
from datetime import timedelta

from quarterdeck.sdk.hooks import MARKS_NAME, HookEvent, marks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

    from quarterdeck.sdk.schedule import Schedule

    Marked = tuple[Callable[..., Any], str, str]  # function, name, module

SETUP = "setup"
_MICROSECOND = timedelta(microseconds=1)


class Hook:
    """A function that runs by a schedule; ``name`` is unique in its script."""

    __slots__ = ("function", "line", "module", "name", "schedule")

    def __init__(self, function: Callable[..., Any], name: str, module: str, schedule: Schedule) -> None:
        self.function = function
        self.name = name
        self.module = module
        self.schedule = schedule
        self.line = _line_of(function)

    def describe(self) -> dict[str, Any]:
        """For the hub; spans in microseconds, ``at`` as "HH:MM:SS" or None."""
        schedule, at = self.schedule, self.schedule.run_at
        return {
            "name": self.name,
            "kind": "schedule",
            "every": _microseconds(schedule.run_every),
            "at": None if at is None else at.strftime("%H:%M:%S"),
            "aligned": schedule.aligned,
            "cron": schedule.cron,
            "tz": schedule.tz,
            "jitter": _microseconds(schedule.jitter),
            "timeout": _microseconds(schedule.timeout),
            "retries": schedule.retries,
            "backoff": _microseconds(schedule.backoff),
            "catch_up": _microseconds(schedule.catch_up),
            "overlap": schedule.overlap,
            "module": self.module,
            "line": self.line,
        }


class Hooks:
    """What a script has: ``setup`` functions, in order, and ``scheduled`` hooks by name.

    Each is called with the panel.
    """

    def __init__(self, marked: Iterable[Marked]) -> None:
        self.setup: list[Callable[..., Any]] = []
        found: list[tuple[Callable[..., Any], str, str, Schedule]] = []
        for function, name, module in marked:
            for mark in marks_of(function):
                if mark.event == HookEvent.Setup:
                    self.setup.append(function)
                elif mark.schedule is not None:
                    found.append((function, name, module, mark.schedule))
        names = [name for _, name, _, _ in found] + [SETUP]
        self.scheduled = {
            hook.name: hook
            for function, name, module, schedule in found
            for hook in [Hook(function, name if names.count(name) == 1 else f"{module}.{name}", module, schedule)]
        }

    def functions_of(self, name: str) -> list[Callable[..., Any]]:
        """What to call for the hook ``name``; all setup functions for "setup".  Raises KeyError."""
        if name == SETUP and self.setup:
            return self.setup
        return [self.scheduled[name].function]


def marked_in(modules: Iterable[ModuleType]) -> list[Marked]:
    """Each marked function of the modules once, in the order of modules and lines.

    One that a module has imported from another counts for the one that defines it.
    """
    found: dict[int, Marked] = {}
    for module in modules:
        for name, value in vars(module).items():
            if not callable(value) or not marks_of(value):
                continue
            if id(value) not in found or getattr(value, "__module__", "") == module.__name__:
                found[id(value)] = (value, name, module.__name__)
    order = [module.__name__ for module in modules]
    return sorted(found.values(), key=lambda each: (order.index(each[2]), _line_of(each[0])))


def marked_on(instance: object) -> list[Marked]:
    """Each marked method of the instance, base classes' first, in the order of lines; called without the panel."""
    cls = type(instance)
    found = [
        (_without_panel(getattr(instance, name), value), name, cls.__module__)
        for name, value in inspect.getmembers_static(cls)
        if callable(value) and marks_of(value)
    ]
    return sorted(found, key=lambda each: (-_depth_of(each[1], cls), _line_of(each[0])))


def _without_panel(method: Callable[..., Any], marked: object) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(_panel: object) -> Any:
        return method()

    setattr(call, MARKS_NAME, getattr(marked, MARKS_NAME))  # a staticmethod object carries them itself
    return call


def _depth_of(name: str, cls: type) -> int:
    """How many classes below the one that defines ``name`` this one is."""
    return next(depth for depth, each in enumerate(cls.__mro__) if name in vars(each))


def _microseconds(span: timedelta | None) -> int | None:
    return None if span is None else span // _MICROSECOND


def _line_of(function: Callable[..., Any]) -> int:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return 0 if code is None else int(code.co_firstlineno)
