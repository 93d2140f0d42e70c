"""rich: the tasks of its progress displays are jobs.  They are looked at; nothing in their loops is touched."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.place import Place, caller, root_of
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from types import ModuleType

    from rich.progress import Progress, Task, TaskID

    from quarterdeck.sdk.jobs.opened import Open

_OURS = ("rich", "quarterdeck")
_displays: WeakKeyDictionary[Progress, dict[TaskID, Open]] = WeakKeyDictionary()
_installed: set[type[Progress]] = set()
_lock = threading.RLock()


def patch(module: ModuleType) -> None:
    """Let every task of ``rich.progress`` be a job; again has no effect."""
    kind = module.Progress
    if kind in _installed:
        return
    _installed.add(kind)
    add, remove, leave, stop = kind.add_task, kind.remove_task, kind.__exit__, kind.stop

    def add_task(self: Progress, *args: Any, **kwargs: Any) -> TaskID:
        id: TaskID = add(self, *args, **kwargs)
        _opened(self, id)
        return id

    def remove_task(self: Progress, task_id: TaskID) -> None:
        _close(self, task_id)
        remove(self, task_id)

    def stopping(self: Progress) -> None:
        stop(self)
        _close_all(self)

    def __exit__(self: Progress, kind: Any, error: BaseException | None, trace: Any) -> None:
        _close_all(self, error)
        leave(self, kind, error, trace)

    methods = {"add_task": add_task, "remove_task": remove_task, "stop": stopping, "__exit__": __exit__}
    for name, method in methods.items():
        setattr(kind, name, method)


@harmless
def _opened(display: Progress, id: TaskID) -> None:
    task = _task(display, id)
    if task is None:
        return
    deaths.listen()
    frame = caller(_OURS, 4)
    if frame is not None and root_of(frame) == "tqdm":
        return  # A bar of tqdm's that rich draws.
    opened = reporter.open(lambda: _look(task), None if frame is None else Place(frame), beside=display)
    with _lock:
        _displays.setdefault(display, {})[id] = opened


def _look(task: Task) -> dict[str, Any]:
    return {
        "name": task.description or None,
        "done": task.completed,
        "total": task.total,
        "unit": None,
        "postfix": ", ".join(f"{key}={value}" for key, value in task.fields.items()) or None,
    }


@harmless
def _close(display: Progress, id: TaskID, error: BaseException | None = None) -> None:
    with _lock:
        opened = _displays.get(display, {}).pop(id, None)
    task = _task(display, id)
    if opened is None or task is None:
        return
    if task.finished or (task.total is not None and task.completed >= task.total):
        reporter.close(opened, "done")
    elif isinstance(error, KeyboardInterrupt):
        reporter.close(opened, "interrupted", error)
    else:
        reporter.close(opened, "stopped" if error is None else "failed", error)


def _close_all(display: Progress, error: BaseException | None = None) -> None:
    for id in list(_displays.get(display, {})):
        _close(display, id, error)


def _task(display: Progress, id: TaskID) -> Task | None:
    return next((task for task in display.tasks if task.id == id), None)
