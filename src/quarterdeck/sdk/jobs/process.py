"""Which process this is: the facts of the job that stands for it."""

from __future__ import annotations

import os
import sys

from quarterdeck.sdk.default import program_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PARENT = "QUARTERDECK_PROCESS"
"""The environment's word for the ids of the jobs of the program, and of the process, that started this one."""
_STOPS = "/stops"
RUN = "QUARTERDECK_RUN"
"""The environment's word for the id of the run of a script that is going on, or that started this program."""


class Descent:
    """The ids of the jobs of this process, of its parent (None: it has none that reports), and of its program.

    ``stops``: the program lets itself be stopped from the hub.
    """

    __slots__ = ("id", "parent", "program", "stops")

    def __init__(self, id: str, parent: str | None, program: str | None, *, stops: bool = False) -> None:
        self.id = id
        self.parent = parent
        self.program = program or id
        self.stops = stops

    def child(self, id: str) -> Descent:
        """Of a process that this one forks."""
        return Descent(id, self.id, self.program, stops=self.stops)

    def tell(self) -> None:
        """Let those know whom this process starts afresh; its own job has to be told by then."""
        os.environ[PARENT] = f"{self.program}/{self.id}{_STOPS if self.stops else ''}"

    def facts(self) -> dict[str, Any]:
        """What all jobs of this process say of it."""
        said: dict[str, Any] = {"program": self.program, "process": self.id}
        return {**said, "stops": True} if self.stops else said


def descent(id: str) -> Descent:
    """Of this process, which was started afresh."""
    told = os.environ.get(PARENT, "")
    program, _, parent = told.removesuffix(_STOPS).partition("/")
    return Descent(id, parent or None, program or None, stops=told.endswith(_STOPS))


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
    if process is not None and process.parent_process() is not None:
        return str(process.current_process().name)
    return program_name()


def _user() -> str | None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    if hasattr(os, "getuid"):
        # Not at the top: Windows has none.
        import pwd  # noqa: PLC0415

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())
    return None
