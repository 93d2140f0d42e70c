"""mpire: the progress bars of its pools are jobs, with the function that they map, their workers, and its insights.

Its handler's thread counts; the bar that it counts with is looked at.  Its own dashboard is not needed.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.arguments import may_tell_arguments
from quarterdeck.sdk.jobs.opened import redacted, told_of
from quarterdeck.sdk.jobs.place import Place, caller
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from types import ModuleType

    from quarterdeck.sdk.jobs.opened import Open

_OURS = ("mpire", "quarterdeck")
_EVERY = 1.0
"""Seconds between two looks at the insights."""
_LONGEST = 5
_TIMES = {"start": "start_up", "init": "init", "waiting": "waiting", "working": "working", "exit": "exit"}
_bars: WeakKeyDictionary[Any, Shown] = WeakKeyDictionary()


class Shown:
    """One bar of a pool's: ``pool`` and ``map`` are its parameters."""

    def __init__(self, pool: Any, map: Any, insights: Any) -> None:
        frame = caller(_OURS)
        self._place = None if frame is None else Place(frame, map.func)
        self._name = None if self._place is None else self._place.label
        self._workers: int | None = pool.n_jobs
        self._insights = Insights(insights)
        self._bar: Any = None
        self._opened: Open | None = None

    def open(self, bar: Any) -> None:
        """It is drawn."""
        self._bar = bar
        self._name = (bar.desc or "").removesuffix(": ") or self._name
        deaths.listen()
        self._opened = reporter.open(self.look, self._place, holds=False)

    def look(self) -> dict[str, Any]:
        """The bar's fields as of now."""
        bar = self._bar
        fields = {"name": self._name, "done": bar.n, "total": bar.total, "unit": bar.unit, "workers": self._workers}
        return {**fields, **self._insights.look()}

    def close(self, error: BaseException | None, trace: str | None) -> None:
        """It is over; ``trace`` is the traceback of the worker, if one failed."""
        if self._opened is None:
            return
        self._insights.last()
        told = {} if error is None or isinstance(error, GeneratorExit) else told_of(error)
        if told and trace is not None:
            told["traceback"] = trace if may_tell_arguments() else redacted(trace)
        reporter.close(self._opened, self._state(error), told)

    def _state(self, error: BaseException | None) -> str:
        if isinstance(error, KeyboardInterrupt):
            return "interrupted"
        if error is None or isinstance(error, GeneratorExit):
            return "done" if self._bar.total is not None and self._bar.n >= self._bar.total else "stopped"
        return "failed"


class Insights:
    """What mpire knows of its workers, if it was asked to know it."""

    def __init__(self, insights: Any) -> None:
        self._insights = insights
        self._due = 0.0
        self._known: dict[str, Any] = {}

    def look(self) -> dict[str, Any]:
        """The fields ``insights`` and ``longest``, at most once a second anew."""
        now = time.monotonic()
        if now >= self._due and self._insights.insights_enabled:
            self._due = now + _EVERY
            self._known = {"insights": self._workers(), "longest": self._longest()}
        return self._known

    def last(self) -> None:
        """The next look is the last one."""
        self._due = 0.0

    def _workers(self) -> dict[str, dict[str, float]]:
        found = self._insights
        times = {ours: getattr(found, f"worker_{theirs}_time") for ours, theirs in _TIMES.items()}
        return {
            str(worker): {"tasks": tasks, **{name: round(seconds[worker], 3) for name, seconds in times.items()}}
            for worker, tasks in enumerate(found.worker_n_completed_tasks)
        }

    def _longest(self) -> list[dict[str, Any]]:
        took = sorted(enumerate(self._insights.max_task_duration), key=lambda each: -each[1])[:_LONGEST]
        return [{"seconds": round(seconds, 3), "args": self._arguments(index)} for index, seconds in took if seconds]

    def _arguments(self, index: int) -> str | None:
        """Those of one task, as mpire writes them: nobody is to read them unless that was allowed."""
        return str(self._insights.max_task_args[index]) or None if may_tell_arguments() else None


def patch(module: ModuleType) -> None:
    """Let every bar of ``mpire.progress_bar`` be a job."""
    kind: Any = vars(module)["ProgressBarHandler"]
    begin, register, leave = kind.__init__, kind._register_progress_bar, kind.__exit__

    @functools.wraps(begin)
    def __init__(self: Any, pool_params: Any, map_params: Any, show_progress_bar: Any, *args: Any, **kw: Any) -> None:
        begin(self, pool_params, map_params, show_progress_bar, *args, **kw)
        if show_progress_bar:
            _begun(self, pool_params, map_params)

    @functools.wraps(register)
    def _register_progress_bar(self: Any, progress_bar: Any) -> None:
        _drawn(self, progress_bar)
        register(self, progress_bar)

    @functools.wraps(leave)
    def __exit__(self: Any, kind: Any, *rest: Any) -> None:
        leave(self, kind, *rest)
        _left(self, rest[0] if rest else None)

    methods = {"__init__": __init__, "_register_progress_bar": _register_progress_bar, "__exit__": __exit__}
    for name, method in methods.items():
        setattr(kind, name, method)


@harmless
def _begun(handler: Any, pool: Any, map: Any) -> None:
    _bars[handler] = Shown(pool, map, handler.worker_insights)


@harmless
def _drawn(handler: Any, bar: Any) -> None:
    if handler in _bars:
        _bars[handler].open(bar)


@harmless
def _left(handler: Any, error: BaseException | None) -> None:
    shown = _bars.pop(handler, None)
    if shown is not None:
        shown.close(error, handler.exception_traceback_str)
