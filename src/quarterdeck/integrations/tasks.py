"""One bar for all that is given to an executor or a pool: how many tasks it was given, and how many are finished."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sized
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.opened import told_of
from quarterdeck.sdk.jobs.place import Place, caller, root_of
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quarterdeck.sdk.jobs.opened import Ending

_OURS = ("concurrent", "multiprocessing", "quarterdeck")
_SILENT = sys.stdlib_module_names | {"tqdm", "rich", "mpire", "joblib"}
"""Whose pools nobody wants to see: they have bars of their own, or are the insides of something else."""


def place_of(function: Callable[..., Any]) -> Place | None:
    """Where work was given to a pool; None if a library did that, for its own ends."""
    frame = caller(_OURS)
    return None if frame is None or root_of(frame) in _SILENT else Place(frame, function)


def length_of(*iterables: Iterable[Any]) -> int | None:
    """How many there are to come of what is taken from all of them at once; None if they do not say."""
    known = [len(each) for each in iterables if isinstance(each, Sized)]
    return min(known) if known and len(known) == len(iterables) else None


class Tasks:
    """A bar that ends when no more tasks are given and all are finished.  ``total`` is known, or what was given."""

    def __init__(self, place: Place, workers: int | None, total: int | None = None) -> None:
        deaths.listen()
        self.function = place.function
        self.interrupted = False
        self._name = place.label
        self._workers = workers
        self._total = total
        self._given = self._finished = self._failed = self._left = 0
        self._whole = False
        self._told: dict[str, Any] = {}
        # What the collector ends may end a pool, in the middle of anything.
        self._lock = threading.RLock()
        self.opened = reporter.open(self.look, place, over=self.over, holds=False)

    def look(self) -> dict[str, Any]:
        """The bar's fields as of now."""
        failed = f"{self._failed} failed" if self._failed else None
        total = self._given if self._total is None else self._total
        return {
            "name": self._name,
            "done": self._finished,
            "total": total,
            "workers": self._workers,
            "postfix": failed,
        }

    def give(self, count: int = 1, others: str | None = None) -> None:
        """So many more; ``others`` is what to call the bar from here on."""
        with self._lock:
            self._given += count
            self._name = others or self._name

    def finish(self, count: int, error: BaseException | None) -> None:
        """So many are finished; the first error is told and not kept, as it would keep what its frames hold."""
        with self._lock:
            self._finished += count
            if error is not None:
                self._failed += count
                self.interrupted = self.interrupted or isinstance(error, KeyboardInterrupt)
                self._told = self._told or told_of(error)
        self._settle()

    def leave(self, count: int) -> None:
        """So many were cancelled."""
        with self._lock:
            self._left += count
        self._settle()

    def whole(self) -> None:
        """No more tasks are given."""
        self._whole = True
        self._settle()

    def stop(self, error: BaseException | None = None) -> None:
        """It ends as it is."""
        self.interrupted = self.interrupted or isinstance(error, KeyboardInterrupt)
        broken = error is not None and self._finished < self._given
        told = self._told or (told_of(error) if error is not None and broken else {})
        reporter.close(self.opened, self._state(broken), told)

    def over(self, ends: bool) -> Ending | None:
        """How it ended; None if it has not.  Nothing more comes when the process ends."""
        if (self._whole or ends) and self._finished + self._left >= self._given:
            return self._state(False), self._told
        return None

    def _state(self, broken: bool) -> str:
        if self.interrupted:
            return "interrupted"
        if self._failed or broken:
            return "failed"
        return "stopped" if self._finished < self._given else "done"

    def _settle(self) -> None:
        ending = self.over(False)
        if ending is not None:
            reporter.close(self.opened, *ending)
