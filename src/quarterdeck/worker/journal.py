"""Where the lines of a run go: the day's file, and the tail of the run's topic."""

from __future__ import annotations

from quarterdeck.core.topics import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from quarterdeck.core.clock import Clock
    from quarterdeck.worker.logfile import LogFile

    class Link(Protocol):
        """The part of the client that a journal needs."""

        def pusher(self, topic: str, field: str, cap: int) -> Callable[[Any], None]: ...


TAIL = 200
LONGEST = 2_000
"""Characters of a line in the tail; the file has all of it."""


class Journal:
    """Between ``begin`` and ``end`` lines belong to a run; at other times they go to the file alone."""

    def __init__(self, link: Link, file: LogFile, clock: Clock) -> None:
        self._link = link
        self._file = file
        self._clock = clock
        self._push: Callable[[Any], None] | None = None
        self._from = 0
        self.lines = 0

    def begin(self, run: str, now: int) -> dict[str, Any]:
        """A run begins; its field ``log``, open at the end.  Raises OSError if the file cannot be opened."""
        self._from = self._file.begin(now)
        self._push = self._link.pusher(join("run", run), "tail", TAIL)
        self.lines = 0
        return {"file": self._file.name, "from": self._from, "to": None}

    def end(self) -> dict[str, Any]:
        """The run is over; its field ``log``, whole."""
        if self._file.left_out:
            self.take(
                "E", f"(log full: {self._file.left_out:,} more lines of this run are not in the file)", forced=True
            )
        self._push = None
        return {"file": self._file.name, "from": self._from, "to": self._file.end()}

    def forget(self) -> None:
        """In a forked child: its lines go to the file alone, the tail is its parent's."""
        self._push = None

    def take(self, source: str, text: str, *, forced: bool = False) -> None:
        """One line from ``source``: O, E, L:LEVEL or C."""
        now = self._clock.now()
        try:
            self._file.write(now, source, text, forced=forced)
        except OSError:
            self._file.left_out += 1  # a full disk must not make print fail; the tail and the count still tell
        self.lines += 1
        if self._push is not None:
            self._push((now, source, text[:LONGEST]))
