"""A process that runs a script, and its connection: it has ended when it is dead and all that it had sent is read."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.hub.scripts.needs import Link, Process, Processes


class Noted(TypedDict):
    """By what the next hub knows a process again; None as long as it has not started."""

    pid: int | None
    started: float | None


class Hello(TypedDict, total=False):
    """What a process says of itself when it connects: the run that goes on, those to come, the version it loaded."""

    run: str | None
    held: list[str]
    loaded: str | None
    pid: int
    start_time: float


class Child(ABC):
    """A script's worker, or a process beside it."""

    DRAIN_SECONDS: float
    """How long the connection of a process that is dead may go on: a child that it forked may hold it for ever."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self.process: Process | None = None
        self._unwatch: Callable[[], None] | None = None

    @abstractmethod
    def disconnected(self, link: Link) -> None:
        """A connection is gone, everything that came by it being read; it may be of another process."""

    @abstractmethod
    def gone(self, reason: str, hint: str = "") -> None:
        """The process has ended; ``hint`` is the mend, where the end tells one."""

    def watch(self, process: Process) -> None:
        """This is the process."""
        self.process = process
        self._unwatch = process.when_ended(self.look)

    def let_go(self) -> None:
        """Whether the process ends concerns nobody any more."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def look(self) -> None:
        """Tell the end of the process, once its connection has been read to the end."""
        if self.process is None or self.process.alive():
            return
        if self.link is None:
            self.gone(*self.process.ending())
        else:
            asyncio.get_running_loop().call_later(self.DRAIN_SECONDS, self._drained, self.link, self.process)

    def _drained(self, link: Link, ended: Process) -> None:
        if self.link is link and self.process is ended:
            self.disconnected(link)

    def noted(self) -> Noted:
        """What is recorded of the process."""
        process = self.process
        pid, started = (process.pid, process.started) if process else (None, None)
        return {"pid": pid, "started": started}


def known_again(processes: Processes, record: Noted) -> Process | None:
    """The process that was ``noted`` so, if it lives."""
    pid, started = record.get("pid"), record.get("started")
    return processes.find(int(pid), float(started or 0)) if pid else None
