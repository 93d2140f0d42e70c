"""The supervisor's words: what can happen to a worker, and what is to be done about it."""

from __future__ import annotations

from typing import NamedTuple

# --- events


class Wanted(NamedTuple):
    """The script is on deck in this version; ``environment`` names what its worker runs in, empty: the hub's own."""

    version: str
    environment: str = ""


class Unwanted(NamedTuple):
    """The script is gone, or the hub ends."""

    reason: str


class Adopted(NamedTuple):
    """A process that an earlier hub had started lives; ``run`` is the run it was in by what the store says."""

    run: str | None
    environment: str = ""


class Prepared(NamedTuple):
    """The environment is there."""

    environment: str


class Unprepared(NamedTuple):
    """The environment cannot be made; why is shown elsewhere."""

    environment: str


class Connected(NamedTuple):
    """The worker said hello: the version it has loaded and the run it is in, if any."""

    version: str | None
    run: str | None


class Disconnected(NamedTuple):
    """The worker's connection is gone; its process may live."""


class Loaded(NamedTuple):
    """The script loaded in this version."""

    version: str


class NotLoaded(NamedTuple):
    """The script in this version does not load; why is shown elsewhere."""

    version: str


class RunStarted(NamedTuple):
    """The worker, which had nothing to run, was given runs; this is the first of them, and stands for all."""

    run: str


class RunEnded(NamedTuple):
    """All runs that the worker was given since ``RunStarted(run)`` are over."""

    run: str


class Interrupted(NamedTuple):
    """The running run is to end in this state: cancelled, or failed with this type of error because it took too long.

    ``hint`` is the mend.
    """

    run: str
    reason: str
    state: str = "cancelled"
    error: str = ""
    hint: str = ""


class Overgrown(NamedTuple):
    """The worker uses more memory than it may; in words: ``used 2 GB of memory, and its limit is 1 GB``."""

    reason: str
    hint: str = ""


class Exited(NamedTuple):
    """The process ended; in words: ``was killed by SIGKILL``, ``ended with exit code 3``; ``hint`` is the mend."""

    reason: str
    hint: str = ""


class Timeout(NamedTuple):
    """A timer that was asked for has run out."""

    number: int


Event = (
    Wanted
    | Unwanted
    | Adopted
    | Prepared
    | Unprepared
    | Connected
    | Disconnected
    | Loaded
    | NotLoaded
    | RunStarted
    | RunEnded
    | Interrupted
    | Overgrown
    | Exited
    | Timeout
)

# --- instructions


class Prepare(NamedTuple):
    """Make this environment, unless it is there."""

    environment: str


class Spawn(NamedTuple):
    """Start a process, its token committed before."""


class Load(NamedTuple):
    """Ask the worker to load the script."""

    version: str


class Stop(NamedTuple):
    """Ask the worker to end after its run; if it is this one, to end that now."""

    run: str | None = None


class Kill(NamedTuple):
    """End the process at once."""


class SetTimer(NamedTuple):
    """Answer with ``Timeout(number)`` after so many seconds."""

    seconds: float
    number: int


class Open(NamedTuple):
    """The worker takes runs of this version."""

    version: str


class Close(NamedTuple):
    """The worker takes no further runs."""


class EndRun(NamedTuple):
    """The worker cannot tell the end of this run any more: the state is lost, cancelled or failed.

    ``error`` is the type of a failed one's error, ``hint`` the mend.
    """

    run: str
    state: str
    reason: str
    error: str = ""
    hint: str = ""


class Rest(NamedTuple):
    """The worker died; the next one starts after so many seconds.

    ``loaded``: whether the script had loaded; ``hint`` is the mend.
    """

    seconds: float
    reason: str
    loaded: bool = True
    hint: str = ""


class Stopped(NamedTuple):
    """There is no process any more and none is wanted."""


Instruction = Prepare | Spawn | Load | Stop | Kill | SetTimer | Open | Close | EndRun | Rest | Stopped
