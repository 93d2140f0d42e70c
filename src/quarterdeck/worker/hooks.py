"""Finds the hooks of a script in its modules."""

from __future__ import annotations

import inspect
from datetime import timedelta

from quarterdeck.sdk.hooks import HookEvent, marks_of
from quarterdeck.worker.broken import Broken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

    from quarterdeck.sdk.hooks import Schedule

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
        """For the hub; ``every`` in microseconds, ``at`` as "HH:MM:SS" or None."""
        at = self.schedule.run_at
        return {
            "name": self.name,
            "kind": "schedule",
            "every": self.schedule.run_every // _MICROSECOND,
            "at": None if at is None else at.strftime("%H:%M:%S"),
            "aligned": self.schedule.aligned,
            "module": self.module,
            "line": self.line,
        }


class Hooks:
    """What a script has: ``setup`` functions, in order, and ``scheduled`` hooks by name."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self.setup: list[Callable[..., Any]] = []
        found: list[tuple[Callable[..., Any], str, str, Schedule]] = []
        for function, name, module in _marked(modules):
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
        if not self.setup and not self.scheduled:
            raise Broken(
                "no hook was found in its modules",
                "mark a function with @hooks.schedule(run_every=timedelta(seconds=1)) or @hooks.setup",
            )

    def functions_of(self, name: str) -> list[Callable[..., Any]]:
        """What to call for the hook ``name``; all setup functions for "setup".  Raises KeyError."""
        if name == SETUP and self.setup:
            return self.setup
        return [self.scheduled[name].function]


def _marked(modules: Iterable[ModuleType]) -> list[tuple[Callable[..., Any], str, str]]:
    """Each marked function once: (function, name, module), in the order of modules and lines.

    One that a module has imported from another counts for the one that defines it.
    """
    found: dict[int, tuple[Callable[..., Any], str, str]] = {}
    for module in modules:
        for name, value in vars(module).items():
            if not callable(value) or not marks_of(value):
                continue
            if id(value) not in found or getattr(value, "__module__", "") == module.__name__:
                found[id(value)] = (value, name, module.__name__)
    order = [module.__name__ for module in modules]
    return sorted(found.values(), key=lambda each: (order.index(each[2]), _line_of(each[0])))


def _line_of(function: Callable[..., Any]) -> int:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return 0 if code is None else int(code.co_firstlineno)
