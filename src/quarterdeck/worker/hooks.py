"""Finds the hooks of a script in its modules."""

from __future__ import annotations

import functools
import inspect
from datetime import timedelta
from functools import partial

from quarterdeck.core.parameters import OF_INPUT
from quarterdeck.sdk.hooks import MARKS_NAME, HookEvent, marks_of
from quarterdeck.worker.arguments import Arguments
from quarterdeck.worker.broken import Broken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType
    from typing import Any

    from quarterdeck.sdk.schedule import Schedule

    Marked = tuple[Callable[..., Any], str, str]  # function, name, module

SETUP = "setup"
_MICROSECOND = timedelta(microseconds=1)


class Hook:
    """A function that runs by a schedule, or when one of the inputs ``components`` is used.

    ``name`` is unique in its script.  ``panel``: whether the function is called with the panel.
    """

    __slots__ = ("arguments", "components", "function", "line", "module", "name", "schedule")

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        module: str,
        schedule: Schedule | None,
        components: tuple[str, ...] = (),
        *,
        panel: bool = True,
    ) -> None:
        self.arguments = Arguments(function, panel=panel)
        self.components = components
        self.function = function
        self.name = name
        self.module = module
        self.schedule = schedule
        self.line = _line_of(function)

    def check(self) -> None:
        """Raise Broken if it could not be called by its schedule or its inputs."""
        given = OF_INPUT if self.components and self.schedule is None else ()
        for parameter in self.arguments.parameters.values():
            if parameter.required and parameter.name not in given:
                raise Broken(
                    f"the hook {self.name} needs a value for {parameter.name} whenever it is due",
                    f"give it a default: {parameter.name}=...",
                    f"{self.module.replace('.', '/')}.py",
                    self.line or None,
                )

    def describe(self) -> dict[str, Any]:
        """For the hub; spans in microseconds, ``at`` as "HH:MM:SS" or None; ``inputs`` are ids."""
        parameters = [parameter.describe() for parameter in self.arguments.parameters.values()]
        place = {
            "name": self.name,
            "module": self.module,
            "line": self.line,
            "inputs": list(self.components),
            "parameters": parameters,
        }
        schedule = self.schedule
        if schedule is None:
            return {**place, "kind": "input"}
        at = schedule.run_at
        return {
            **place,
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
            "parallel": schedule.parallel,
            "skip": schedule.skip,
        }


class Hooks:
    """What a script has: ``setup`` functions, in order, and the other hooks by name.

    ``scheduled`` are all but setup: what is due by a schedule, and what inputs call.  Each is called with the panel.
    """

    def __init__(self, marked: Iterable[Marked], *, panel: bool = True) -> None:
        self.setup: list[Callable[..., Any]] = []
        found: list[Hook] = []
        for function, name, module in marked:
            marks = {mark.event: mark for mark in marks_of(function)}
            if HookEvent.Setup in marks:
                self.setup.append(function)
            planned, used = marks.get(HookEvent.Schedule), marks.get(HookEvent.Input)
            if planned or used:
                schedule = planned.schedule if planned else None
                found.append(Hook(function, name, module, schedule, used.components if used else (), panel=panel))
        names = [hook.name for hook in found] + [SETUP]
        for hook in found:
            if names.count(hook.name) > 1:
                hook.name = f"{hook.module}.{hook.name}"
            hook.check()
        self.scheduled = {hook.name: hook for hook in found}

    def calls_of(self, name: str, panel: object, args: Mapping[str, Any]) -> list[Callable[[], Any]]:
        """What to call for the hook ``name``, with these arguments; all setup functions for "setup".

        Raises KeyError for an unknown hook.  Wrong arguments are a TypeError or ValueError of the call.
        """
        if name == SETUP and self.setup:
            return [partial(function, panel) for function in self.setup]
        hook = self.scheduled[name]

        def call() -> Any:
            return hook.function(panel, **hook.arguments.bind(name, args, input=bool(hook.components)))

        return [call]


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
    def call(_panel: object, **args: Any) -> Any:
        return method(**args)

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
