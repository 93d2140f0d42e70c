"""The bars of a pool's maps: what they have received stands in their results, which are looked at."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.opened import told_of
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

    from quarterdeck.sdk.jobs.opened import Ending
    from quarterdeck.sdk.jobs.place import Place


class Mapped:
    """The bar of one map, whose result is looked at."""

    def __init__(self, pool: Pool, place: Place, total: int | None) -> None:
        deaths.listen()
        self.total = total
        self.chunk = 1
        self._name = place.label
        self._workers = getattr(pool, "_processes", None)
        self._result: Any = None
        self._done = self._arrived = 0
        self._told: dict[str, Any] = {}
        self.opened = reporter.open(self.look, place, over=self.over, holds=False)

    def watch(self, result: Any) -> None:
        """This is what receives; it is held until it has all, as its pool does."""
        self._result = result

    def look(self) -> dict[str, Any]:
        """The bar's fields as of now."""
        result = self._result
        if result is not None:
            self._look_at(result)
        return {"name": self._name, "done": self._done, "total": self.total, "workers": self._workers}

    def _look_at(self, result: Any) -> None:
        """Of a map that gives all at once."""
        self.total = len(result._value) if result._success else self.total
        left = result._number_left * result._chunksize
        self._done = max(0, (self.total or 0) - left)

    def over(self, ends: bool) -> Ending | None:
        """How it ended, where nobody says so: there was nothing to receive."""
        result = self._result
        return ("done", None) if result is not None and result.ready() and result.successful() else None

    def done(self, result: Any) -> None:
        """It has received all."""
        self.total = self._done = len(result)
        self.close("done", None)

    def failed(self, error: BaseException) -> None:
        """It has received all, and an error among it."""
        self.close("interrupted" if isinstance(error, KeyboardInterrupt) else "failed", error)

    def stop(self, error: BaseException | None) -> None:
        """Its pool is ended."""
        ending = self.over(False)
        if ending is not None:
            self.close(*ending)
        elif error is None:
            self.close("stopped", None)
        else:
            self.failed(error)

    @harmless
    def close(self, state: str, error: Any) -> None:
        """It ended like this."""
        reporter.close(self.opened, state, error)
        self._result = None


class Iterated(Mapped):
    """The bar of a map that gives one by one."""

    def _look_at(self, result: Any) -> None:
        arrived = result._index + len(result._unsorted)
        if arrived > self._arrived:
            self._find_failure(result, arrived - self._arrived)
            self._arrived = arrived
        done = arrived * self.chunk
        self._done = done if self.total is None else min(done, self.total)

    def _find_failure(self, result: Any, count: int) -> None:
        """Whether one of the latest, that nobody has taken yet, is an error."""
        if self._told:
            return
        try:
            latest = list(islice(reversed(result._items), count))
        except RuntimeError:
            return  # It was just added to; whoever takes the error out is told of it.
        for succeeded, value in latest:
            if not succeeded:
                self._told = told_of(value)

    def over(self, ends: bool) -> Ending | None:
        """How it ended, once all has arrived."""
        result = self._result
        if result is None or result._length is None or result._index < result._length:
            return None
        self._look_at(result)
        self._result = None
        if self.total is None and self.chunk == 1:
            self.total = self._done
        return ("failed", self._told) if self._told else ("done", None)
