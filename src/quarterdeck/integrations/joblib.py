"""joblib: each call of a ``Parallel`` is a job.  It counts for itself, and is looked at."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.place import Place, caller, described, name_of
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from quarterdeck.sdk.jobs.opened import Ending

_OURS = ("joblib", "sklearn", "quarterdeck")


class Call:
    """The bar of one call."""

    def __init__(self, parallel: Any) -> None:
        frame = caller(_OURS)
        place = None if frame is None else Place(frame)
        self._parallel = ref(parallel)
        self._going_on: Any = None
        self._fields: dict[str, Any] = {"name": "Parallel" if place is None else place.label, "done": 0, "total": None}
        deaths.listen()
        self.opened = reporter.open(self.look, place, over=self.over, holds=False)

    def calls(self, task: Any) -> None:
        """It calls what this (function, args, kwargs) names."""
        function = task[0]
        self._fields.update(function=described(function), name=name_of(function) or self._fields["name"])

    def look(self) -> dict[str, Any]:
        """The bar's fields as of now."""
        parallel = self._parallel()
        if parallel is not None and parallel._running:
            self._read(parallel)
        return dict(self._fields)

    def _read(self, parallel: Any) -> None:
        total = getattr(parallel, "n_tasks", None)
        if total is None and not parallel._iterating and parallel._original_iterator is None:
            # Nothing more comes out of what it was given.
            total = parallel.n_dispatched_tasks
        workers = 1 if parallel.n_jobs == 1 else getattr(parallel, "_cached_effective_n_jobs", None)
        self._fields.update(done=parallel.n_completed_tasks, total=total, workers=workers)

    def over(self, ends: bool) -> Ending | None:
        """How it ended, if it gives its results one by one: then it goes on after it has returned."""
        parallel = self._going_on
        if parallel is None or parallel._running:
            return None
        self._read(parallel)
        self._going_on = None
        whole = not parallel._exception and self._fields["done"] == self._fields["total"]
        return ("done" if whole else "stopped", None)

    def returned(self, parallel: Any, error: BaseException | None) -> None:
        """It has returned its results, or what will give them, or raised an error."""
        if error is None and parallel.return_generator:
            # Held until it has given all: it may be gone as soon as it has.
            self._going_on = parallel
            return
        self._read(parallel)
        state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed" if error is not None else "done"
        reporter.close(self.opened, state, error)


_calls: WeakKeyDictionary[Any, Call] = WeakKeyDictionary()


def patch(module: ModuleType) -> None:
    """Let every call of a ``Parallel`` of ``joblib.parallel`` be a job."""
    kind: Any = vars(module)["Parallel"]
    calling = kind.__call__

    @functools.wraps(calling)
    def __call__(self: Any, iterable: Any) -> Any:
        tasks = _begin(self, iterable)
        call = _calls.get(self)
        try:
            results = calling(self, tasks)
        except BaseException as error:
            _returned(call, self, error)
            raise
        _returned(call, self, None)
        return results

    kind.__call__ = __call__


def _begin(parallel: Any, tasks: Any) -> Any:
    """A job begins; what to give to joblib instead of ``tasks``, which gives the same and tells what is called."""
    _open(parallel)
    call = _calls.get(parallel)
    if call is None:
        return tasks
    if isinstance(tasks, list | tuple):
        for task in tasks[:1]:
            _note(call, task)
    elif hasattr(tasks, "__next__") and not hasattr(tasks, "__len__"):
        return itertools.chain(_first(call, tasks), tasks)
    return tasks


def _first(call: Call, tasks: Iterator[Any]) -> Iterator[Any]:
    for task in tasks:
        _note(call, task)
        yield task
        return


@harmless
def _open(parallel: Any) -> None:
    former = _calls.pop(parallel, None)
    if former is not None and reporter.is_open(former.opened):
        ending = former.over(True)
        if ending is None:
            return  # It refuses to be called again meanwhile.
        reporter.close(former.opened, *ending)
    _calls[parallel] = Call(parallel)


@harmless
def _note(call: Call, task: Any) -> None:
    call.calls(task)


@harmless
def _returned(call: Call | None, parallel: Any, error: BaseException | None) -> None:
    if call is not None:
        call.returned(parallel, error)
