"""multiprocessing.Pool, that of threads too: each ``map`` is a job, and one is all that is applied.

Nothing is added to what is done for each item of a map.
"""

from __future__ import annotations

import functools
import signal
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from quarterdeck.integrations.mapped import Iterated, Mapped
from quarterdeck.integrations.tasks import Tasks, length_of, place_of
from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.pool import Pool
    from types import ModuleType


class _Known:
    """The bars of one pool: of what is applied, and of its maps."""

    def __init__(self) -> None:
        self.applied: Tasks | None = None
        self.maps: list[Mapped] = []


_pools: WeakKeyDictionary[Pool, _Known] = WeakKeyDictionary()


def patch(module: ModuleType) -> None:
    """Let the pools of this module report."""
    kind: Any = vars(module)["Pool"]
    for name, made in {**_maps(kind), **_others(kind)}.items():
        setattr(kind, name, made)
    kind._terminate_pool = classmethod(_dismissing(vars(kind)["_terminate_pool"].__func__))


def _maps(kind: Any) -> dict[str, Callable[..., Any]]:
    maps, imaps, imaps_unordered = kind._map_async, kind.imap, kind.imap_unordered

    @functools.wraps(maps)
    def _map_async(
        self: Pool,
        func: Callable[..., Any],
        iterable: Iterable[Any],
        mapper: Any,
        chunksize: int | None = None,
        callback: Callable[[Any], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
    ) -> Any:
        bar = _open(Mapped, self, func, iterable)
        if bar is None:
            return maps(self, func, iterable, mapper, chunksize, callback, error_callback)
        then = (_both(bar.done, callback), _both(bar.failed, error_callback))
        return _watched(bar, lambda: maps(self, func, iterable, mapper, chunksize, *then))

    def iterating(imap: Any) -> Callable[..., Any]:
        @functools.wraps(imap)
        def found(self: Pool, func: Callable[..., Any], iterable: Iterable[Any], chunksize: int = 1) -> Any:
            bar = _open(Iterated, self, func, iterable)
            if bar is None:
                return imap(self, func, iterable, chunksize)
            bar.chunk = chunksize
            return _watched(bar, lambda: imap(self, func, iterable, chunksize))

        return found

    return {"_map_async": _map_async, "imap": iterating(imaps), "imap_unordered": iterating(imaps_unordered)}


def _others(kind: Any) -> dict[str, Callable[..., Any]]:
    applies, closes, ends, leaves = kind.apply_async, kind.close, kind.terminate, kind.__exit__

    @functools.wraps(applies)
    def apply_async(
        self: Pool,
        func: Callable[..., Any],
        args: Any = (),
        kwds: Any = {},  # noqa: B006 - as it was
        callback: Callable[[Any], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
    ) -> Any:
        bar = _applied(self, func)
        if bar is None:
            return applies(self, func, args, kwds, callback, error_callback)
        then = (_both(lambda _: bar.finish(1, None), callback), _both(lambda e: bar.finish(1, e), error_callback))
        result = applies(self, func, args, kwds, *then)
        bar.give(1, None if bar.function is func else type(self).__name__)
        return result

    @functools.wraps(closes)
    def close(self: Pool) -> None:
        closes(self)
        _whole(self)

    @functools.wraps(ends)
    def terminate(self: Pool) -> None:
        _stop(self, None)
        ends(self)

    @functools.wraps(leaves)
    def __exit__(self: Pool, kind: Any, error: BaseException | None, trace: Any) -> Any:
        _stop(self, error)
        return leaves(self, kind, error, trace)

    return {"apply_async": apply_async, "close": close, "terminate": terminate, "__exit__": __exit__}


def _dismissing(terminates: Callable[..., None]) -> Callable[..., None]:
    """A pool ends its workers by SIGTERM, at the end of a ``with`` for one; then nobody misses them."""

    @functools.wraps(terminates)
    def terminate_pool(cls: Any, *given: Any, **named: Any) -> None:
        terminates(cls, *given, **named)
        _dismiss(named["pool"] if "pool" in named else given[3])

    return terminate_pool


@harmless
def _dismiss(workers: list[Any]) -> None:
    reporter.dismiss([worker.pid for worker in workers if worker.pid and worker.exitcode == -signal.SIGTERM])


def _both(first: Callable[[Any], None], then: Callable[[Any], object] | None) -> Callable[[Any], object]:
    def call(value: Any) -> object:
        harmless(first)(value)
        return None if then is None else then(value)

    return call


def _open(kind: type[Mapped], pool: Pool, function: Callable[..., Any], iterable: Iterable[Any]) -> Mapped | None:
    opened: list[Mapped] = []
    _open_into(opened, kind, pool, function, iterable)
    return opened[0] if opened else None


@harmless
def _open_into(
    opened: list[Mapped], kind: type[Mapped], pool: Pool, function: Callable[..., Any], iterable: Iterable[Any]
) -> None:
    place = place_of(function)
    if place is not None:
        bar = kind(pool, place, length_of(iterable))
        opened.append(bar)
        known = _pools.setdefault(pool, _Known())
        known.maps = [*(other for other in known.maps if reporter.is_open(other.opened)), bar]


def _watched(bar: Mapped, give: Callable[[], Any]) -> Any:
    """What ``give`` returns, which the bar looks at from now on."""
    try:
        result = give()
    except BaseException as error:
        bar.stop(error)
        raise
    _watch(bar, result)
    return result


@harmless
def _watch(bar: Mapped, result: Any) -> None:
    # One by one out of chunks: a generator over the iterator of the chunks.
    frame = getattr(result, "gi_frame", None)
    bar.watch(result if frame is None else frame.f_locals[".0"])


def _applied(pool: Pool, function: Callable[..., Any]) -> Tasks | None:
    known = _pools.get(pool)
    if known is None or known.applied is None:
        _open_applied(pool, function)
        known = _pools.get(pool)
    return None if known is None else known.applied


@harmless
def _open_applied(pool: Pool, function: Callable[..., Any]) -> None:
    place = place_of(function)
    if place is not None:
        _pools.setdefault(pool, _Known()).applied = Tasks(place, getattr(pool, "_processes", None))


@harmless
def _whole(pool: Pool) -> None:
    known = _pools.get(pool)
    if known is not None and known.applied is not None:
        known.applied.whole()


@harmless
def _stop(pool: Pool, error: BaseException | None) -> None:
    """It is ended, whatever its bars have yet to receive."""
    known = _pools.get(pool)
    if known is not None:
        for bar in known.maps:
            bar.stop(error)
        if known.applied is not None:
            known.applied.stop(error)
