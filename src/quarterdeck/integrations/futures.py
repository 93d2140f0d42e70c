"""concurrent.futures: what an executor is given is a job: one for each ``map``, one for all that is submitted."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from quarterdeck.integrations.tasks import Tasks, length_of, place_of
from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor, Future
    from types import ModuleType

_KINDS = ("ThreadPoolExecutor", "ProcessPoolExecutor")


class _Known:
    """The bars of one executor: of what is submitted, and of the maps that are not whole yet."""

    def __init__(self) -> None:
        self.submitted: Tasks | None = None
        self.maps: list[Tasks] = []

    def __del__(self) -> None:
        # Nobody holds the executor any more: what it has is all that it gets.
        if self.submitted is not None:
            self.submitted.whole()


_executors: WeakKeyDictionary[Executor, _Known] = WeakKeyDictionary()
_lock = threading.RLock()


class _Mapping(threading.local):
    """The map that this thread is just giving to its executor."""

    executor: Executor | None = None
    bar: Tasks | None = None


_mapping = _Mapping()


def patch(module: ModuleType) -> None:
    """Let the executors of this module report."""
    for name in _KINDS:
        kind = vars(module).get(name)
        if kind is not None and kind.__module__ == module.__name__:
            _patch(kind)


def _patch(kind: Any) -> None:
    submits, maps, shuts, leaves = kind.submit, kind.map, kind.shutdown, kind.__exit__

    @functools.wraps(submits)
    def submit(self: Executor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = submits(self, fn, *args, **kwargs)
        _submitted(self, future, fn, args)
        return future

    @functools.wraps(maps)
    def map(self: Executor, fn: Callable[..., Any], *iterables: Iterable[Any], **kwargs: Any) -> Any:
        before = (_mapping.executor, _mapping.bar)
        _mapping.executor = _mapping.bar = None
        _begin_map(self, fn, iterables)
        bar = _mapping.bar
        try:
            return maps(self, fn, *iterables, **kwargs)
        finally:
            _mapping.executor, _mapping.bar = before
            if bar is not None:
                _whole(bar)

    @functools.wraps(shuts)
    def shutdown(self: Executor, *args: Any, **kwargs: Any) -> None:
        _shut(self)
        shuts(self, *args, **kwargs)

    @functools.wraps(leaves)
    def __exit__(self: Executor, kind: Any, error: BaseException | None, trace: Any) -> Any:
        _left(self, error)
        return leaves(self, kind, error, trace)

    for name, method in {"submit": submit, "map": map, "shutdown": shutdown, "__exit__": __exit__}.items():
        setattr(kind, name, method)


def _known(executor: Executor) -> _Known:
    with _lock:
        return _executors.setdefault(executor, _Known())


def _workers(executor: Executor) -> int | None:
    return getattr(executor, "_max_workers", None)


@harmless
def _begin_map(executor: Executor, function: Callable[..., Any], iterables: tuple[Iterable[Any], ...]) -> None:
    place = place_of(function)
    _mapping.executor = executor
    if place is not None:
        _mapping.bar = Tasks(place, _workers(executor), length_of(*iterables))
        known = _known(executor)
        known.maps = [bar for bar in known.maps if reporter.is_open(bar.opened)]
        known.maps.append(_mapping.bar)


@harmless
def _whole(bar: Tasks) -> None:
    bar.whole()


@harmless
def _submitted(executor: Executor, future: Future[Any], function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    count = 1
    if _mapping.executor is executor:
        bar = _mapping.bar
        if getattr(getattr(function, "func", None), "__name__", "") == "_process_chunk":
            count = len(args[0])
    else:
        bar = _of_submitted(executor, function)
    if bar is not None:
        other = None if _mapping.bar is bar or bar.function is function else type(executor).__name__
        bar.give(count, other)
        future.add_done_callback(functools.partial(_finished, bar, count))


def _of_submitted(executor: Executor, function: Callable[..., Any]) -> Tasks | None:
    known = _executors.get(executor)
    if known is not None and known.submitted is not None:
        return known.submitted
    place = place_of(function)
    if place is None:
        return None
    bar = _known(executor).submitted = Tasks(place, _workers(executor))
    return bar


@harmless
def _finished(bar: Tasks, count: int, future: Future[Any]) -> None:
    if future.cancelled():
        bar.leave(count)
    else:
        bar.finish(count, future.exception())


@harmless
def _shut(executor: Executor) -> None:
    known = _executors.get(executor)
    if known is not None and known.submitted is not None:
        known.submitted.whole()


@harmless
def _left(executor: Executor, error: BaseException | None) -> None:
    known = _executors.get(executor)
    if known is not None and isinstance(error, KeyboardInterrupt):
        for bar in (*known.maps, *([known.submitted] if known.submitted is not None else [])):
            bar.interrupted = True
