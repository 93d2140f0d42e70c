"""Which process this is: the facts of the job that stands for it."""

from __future__ import annotations

import os
import sys

from quarterdeck.sdk.default import program_name
from quarterdeck.sdk.own import own_job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PARENT = "QUARTERDECK_PROCESS"
"""The environment's word for the ids of the jobs of the program, and of the process, that started this one."""
_STOPS = "/stops"
RUN = "QUARTERDECK_RUN"
"""The environment's word for the id of the run of a script that is going on, or that started this program."""


class _Run:
    """The run of a script that is going on, or that started this program; the environment is slow to ask."""

    id = os.environ.get(RUN)


def current_run() -> str | None:
    """Its id."""
    return _Run.id


def begin_run(id: str) -> None:
    """The jobs that are opened from here on, also by what this process starts, are of this run."""
    _Run.id = os.environ[RUN] = id


def end_run() -> None:
    """They are of none."""
    _Run.id = None
    os.environ.pop(RUN, None)


class Descent:
    """The ids of the jobs of this process, of its parent (None: it has none that reports), and of its program.

    ``stops``: the program lets itself be stopped from the hub.  ``told``: somebody else tells of this process.
    """

    __slots__ = ("id", "parent", "program", "stops", "told")

    def __init__(
        self, id: str, parent: str | None, program: str | None, *, stops: bool = False, told: bool = False
    ) -> None:
        self.id = id
        self.parent = parent
        self.program = program or id
        self.stops = stops
        self.told = told

    def child(self, id: str) -> Descent:
        """Of a process that this one forks."""
        return Descent(id, self.id, self.program, stops=self.stops)

    def tell(self) -> None:
        """Let those know whom this process starts afresh; its own job has to be told by then."""
        os.environ[PARENT] = self.words()

    def untell(self) -> None:
        """Let those whom this process starts from here on know of nobody: for its hub, this program is over."""
        os.environ.pop(PARENT, None)

    def words(self) -> str:
        """What the environment says of it, below ``PARENT``."""
        return f"{self.program}/{self.id}{_STOPS if self.stops else ''}"

    def facts(self) -> dict[str, Any]:
        """What all jobs of this process say of it."""
        said: dict[str, Any] = {"program": self.program, "process": self.id}
        return {**said, "stops": True} if self.stops else said


def descent(id: str) -> Descent:
    """Of this process, which was started afresh."""
    words = os.environ.get(PARENT, "")
    program, _, parent = words.removesuffix(_STOPS).partition("/")
    stops = words.endswith(_STOPS)
    own = own_job()
    if own is not None:
        return Descent(own, None, program, stops=stops, told=True)
    return Descent(id, parent or None, program or None, stops=stops)


def facts() -> dict[str, Any]:
    """Its name (no arguments: they may hold secrets), number, machine and user."""
    return {"name": _name(), "pid": os.getpid(), "host": host(), "user": _user()}


def host() -> str:
    """This machine's name."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


def _name() -> str:
    process = sys.modules.get("multiprocessing.process")
    # A process that multiprocessing has just begun to start has its name before it has a parent.
    name = "MainProcess" if process is None else str(process.current_process().name)
    return program_name() if name == "MainProcess" else name


def _user() -> str | None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    if hasattr(os, "getuid"):
        # Not at the top: Windows has none.
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())
    return None
