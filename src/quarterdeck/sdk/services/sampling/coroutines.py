"""Where a task of asyncio is while it waits: along what each coroutine awaits, into other tasks and threads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.services.sampling.stack import is_entrance, own, places_of

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from quarterdeck.sdk.services.sampling.stack import Place

    Frames = dict[int, FrameType]

_LONGEST = 500
"""Awaits that are followed."""
_DEEPEST, _MOST_CHILDREN = 5, 20
"""Tasks that wait for tasks, and how many of these are looked at."""
_MANY = 2000
"""Tasks of an event loop beyond which none is looked for."""
_ANYIO, _POOL = "WorkerThread.run", "_WorkItem.run"
"""Who runs a function in another thread, for anyio and for the executors of asyncio."""


class Moment:
    """Where all threads and tasks of the process are at one moment; what nobody asks for is not looked up."""

    def __init__(self, frames: Callable[[], Frames]) -> None:
        self._take = frames
        self._taken: Frames | None = None
        self._tasks: dict[int, dict[int, Task[Any]]] = {}

    def places(self, loop: AbstractEventLoop | None, shared: Any, ident: int) -> list[Place]:
        """Where a request is that came in by the thread ``ident``, and by this event loop if by any.

        ``shared`` is its environ or scope.  Empty if it cannot be told now.
        """
        frames = self._frames()
        if loop is None:
            return places_of(frames.get(ident))
        task = self._tasks_of(loop, ident).get(id(shared))
        return _places_of_task(task, shared, ident, frames) if task is not None else []

    def _frames(self) -> Frames:
        if self._taken is None:
            self._taken = self._take()
        return self._taken

    def _tasks_of(self, loop: AbstractEventLoop, ident: int) -> dict[int, Task[Any]]:
        """The tasks that requests came in by, by the identity of their scopes."""
        if ident not in self._tasks:
            self._tasks[ident] = dict(_entered(loop, self._frames().get(ident)))
        return self._tasks[ident]


def _places_of_task(task: Task[Any], scope: Any, ident: int, frames: Frames) -> list[Place]:
    chain = list(_chain(task))
    if any(frame.f_code.co_qualname == _HANDS_ON for frame in chain):
        return _places(chain) + _follow(_inner(task, scope, frames.get(ident)), ident, frames)
    return _follow(task, ident, frames)


def _follow(task: Task[Any], ident: int, frames: Frames, depth: int = _DEEPEST) -> list[Place]:
    """Where a task is, and the thread or the tasks that it waits for: of several the one that is in code of the user's,
    or else the farthest."""
    chain = list(_chain(task))
    if not chain:
        return _running(task, frames.get(ident))
    further = _elsewhere(task, frames)
    if not further and depth:
        ways = [_follow(child, ident, frames, depth - 1) for child in _children(task, chain[-1])]
        further = max(ways, key=lambda way: (any(own(code.co_filename) for code, _ in way), len(way)), default=[])
    return _places(chain) + further


def _children(task: Task[Any], last: FrameType) -> list[Task[Any]]:
    """The tasks that a task waits for, whose innermost frame this is."""
    waited = getattr(task, "_fut_waiter", None)
    found = list(getattr(waited, "_children", ()))  # of asyncio.gather
    if last.f_code.co_name == "_wait":  # of asyncio.wait
        found += last.f_locals.get("fs") or ()
    elif last.f_code.co_name == "__aexit__":  # of groups of tasks
        found += getattr(last.f_locals.get("self"), "_tasks", None) or ()
    return [child for child in [waited, *found] if hasattr(child, "get_coro")][:_MOST_CHILDREN]


def _entered(loop: AbstractEventLoop, frame: FrameType | None) -> Iterator[tuple[int, Task[Any]]]:
    import asyncio  # who has an event loop has loaded it

    tasks = asyncio.all_tasks(loop)
    if len(tasks) > _MANY:
        return
    current = asyncio.current_task(loop)
    for task in tasks:
        for each in _outwards(frame) if task is current else _chain(task):
            if is_entrance(each.f_code):
                yield id(each.f_locals.get("scope")), task


_HANDS_ON = "BaseHTTPMiddleware.__call__"
"""Of Starlette, whose middleware answers by a task of its own."""


def _chain(task: Task[Any]) -> Iterator[FrameType]:
    """The frames of a task that waits, the outermost first; none if it does not."""
    at: Any = task.get_coro()
    for _ in range(_LONGEST):
        frame = getattr(at, "cr_frame", None) or getattr(at, "gi_frame", None) or getattr(at, "ag_frame", None)
        if frame is None:
            return
        if getattr(at, "cr_running", False) or getattr(at, "gi_running", False):
            return
        yield frame
        at = getattr(at, "cr_await", None) or getattr(at, "gi_yieldfrom", None) or getattr(at, "ag_await", None)


def _places(chain: list[FrameType]) -> list[Place]:
    entrances = [at for at, frame in enumerate(chain) if is_entrance(frame.f_code)]
    return [(frame.f_code, frame.f_lineno or 0) for frame in chain[entrances[-1] + 1 if entrances else 0 :]]


def _running(task: Task[Any], frame: FrameType | None) -> list[Place]:
    """The same of a task that runs now, in the thread whose innermost frame this is; none if another one does."""
    outermost = getattr(task.get_coro(), "cr_frame", None)
    chain: list[FrameType] = []
    for each in _outwards(frame):
        chain.append(each)
        if each is outermost:
            return _places(chain[::-1])
    return []


def _inner(task: Task[Any], scope: Any, frame: FrameType | None) -> Task[Any]:
    """The innermost of the tasks that a request is handed to, the first of which is this one."""
    import asyncio

    loop = task.get_loop()
    others = asyncio.all_tasks(loop) - {task}
    current = asyncio.current_task(loop)
    if current in others and _has(_outwards(frame), scope):
        return current
    handed = [(other, chain) for other in others if _has(chain := list(_chain(other)), scope)]
    handed.sort(key=lambda one: any(frame.f_code.co_qualname == _HANDS_ON for frame in one[1]))
    return handed[0][0] if handed else task


def _has(chain: Iterable[FrameType], scope: Any) -> bool:
    return any("scope" in frame.f_code.co_varnames and frame.f_locals.get("scope") is scope for frame in chain)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _elsewhere(task: Task[Any], frames: Frames) -> list[Place]:
    """The frames of the thread whose work the task waits for."""
    waited = getattr(task, "_fut_waiter", None)
    if waited is None:
        return []
    for top in frames.values():
        places: list[Place] = []
        for frame in _outwards(top):
            if frame.f_code.co_qualname in (_ANYIO, _POOL):
                if _works_for(frame, waited):
                    return places[::-1]
                break
            places.append((frame.f_code, frame.f_lineno or 0))
    return []


def _works_for(frame: FrameType, waited: Any) -> bool:
    local = frame.f_locals
    if frame.f_code.co_qualname == _ANYIO:
        return local.get("future") is waited
    return _tells(getattr(local.get("self"), "future", None), waited)


def _tells(future: Any, waited: Any, depth: int = 3) -> bool:
    """Whether the end of a future ends another one, which its callbacks hold: the executor's, asyncio's, a shield."""
    callbacks = getattr(future, "_done_callbacks", None) or [
        one for one, _ in getattr(future, "_callbacks", None) or ()
    ]
    for callback in callbacks:
        for cell in getattr(callback, "__closure__", None) or ():
            held = _held(cell)
            if held is waited or (depth and hasattr(held, "_callbacks") and _tells(held, waited, depth - 1)):
                return True
    return False


def _held(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return None


def current_frames() -> Frames:
    """The innermost frame of every thread."""
    return sys._current_frames()
