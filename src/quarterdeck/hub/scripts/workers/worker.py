"""One script's worker, on the side of the hub: does what its supervisor says, and tells it what happens."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.core.ops import Refused
from quarterdeck.hub.environments.environment import NotPrepared
from quarterdeck.hub.schedules.plan import BadPlan
from quarterdeck.hub.scripts.workers.child import Child, Noted, known_again
from quarterdeck.hub.scripts.workers.files import WorkerFiles
from quarterdeck.hub.scripts.workers.interpreter import WorkerInterpreter
from quarterdeck.hub.scripts.workers.loading import fault_of, misfit_of
from quarterdeck.hub.scripts.workers.supervision import (
    Adopted,
    Close,
    Connected,
    Disconnected,
    EndRun,
    Event,
    Exited,
    Instruction,
    Kill,
    Load,
    Loaded,
    NotLoaded,
    Open,
    Prepare,
    Prepared,
    Rest,
    SetTimer,
    Spawn,
    Stop,
    Stopped,
    Timeout,
    Unprepared,
    Wanted,
)
from quarterdeck.hub.scripts.workers.supervisor import Supervisor
from quarterdeck.hub.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.environments.environment import Environment
    from quarterdeck.hub.scripts.finder import Found
    from quarterdeck.hub.scripts.needs import Board, Environments, Link, Places, Process, Processes, Records
    from quarterdeck.hub.scripts.workers.child import Hello
    from quarterdeck.hub.scripts.workers.start_queue import StartQueue
    from quarterdeck.hub.tasks import Work

WORKERS = "workers"
"""The collection of records: by script, its worker."""
_log = logging.getLogger(__name__)


class WorkerRecord(Noted):
    """What the next hub is to know of a worker: its process, the token it shows, and where its output began."""

    token: str
    path: str
    environment: str
    output: int


class Owner(Protocol):
    """What a worker's script does when the worker changes."""

    async def load_args(self, version: str) -> dict[str, Any]: ...
    def on_loaded(self, version: str, result: Mapping[str, Any]) -> None: ...
    def on_broken(self, version: str, error: Mapping[str, Any]) -> None: ...
    def on_unprepared(self, error: NotPrepared) -> None: ...
    def on_open(self, version: str) -> None: ...
    def on_close(self) -> None: ...
    def on_connected(self, state: Hello) -> str | None: ...
    def on_lost(self, end: EndRun) -> None: ...
    def on_rest(self, seconds: float, reason: str) -> None: ...
    def on_stillborn(self, seconds: float, reason: str, hint: str) -> None: ...
    def on_stopped(self) -> None: ...
    def on_change(self) -> None: ...


class Worker(Child):
    """``environment`` has the hub's address for users' code."""

    DRAIN_SECONDS = 2.0

    def __init__(
        self,
        name: str,
        path: Path,
        owner: Owner,
        *,
        board: Board,
        records: Records,
        places: Places,
        clock: Clock,
        environment: Mapping[str, str],
        processes: Processes,
        environments: Environments,
        start_queue: StartQueue,
    ) -> None:
        super().__init__()
        self.name = name
        self.path = path
        self.token = ""
        self.supervisor = Supervisor()
        self.files = WorkerFiles(places.logs, name)
        self._owner = owner
        self._board = board
        self._records = records
        self._places = places
        self._clock = clock
        self._environment = environment
        self._processes = processes
        self.interpreter = WorkerInterpreter(environments, owner.on_change)
        self._preparing: asyncio.Task[None] | None = None
        self._start_queue = start_queue
        self._queued = False  # it waits for its turn to start, or for the commit of its token
        self._deferred = (0.0, 0)  # its timer, which counts from its start
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = Tasks(f"the worker of script {self.name}")
        self._asked: set[asyncio.Task[None]] = set()  # calls to the process, which nobody answers when it has ended
        self._spawning: asyncio.Task[None] | None = None
        self._reading = False

    @property
    def state(self) -> str:
        """The state of the table ``WORKER``."""
        return self.supervisor.state

    @property
    def environments(self) -> set[str]:
        """The environments that it runs in or is to run in."""
        return {self.supervisor.inside, self.interpreter.key}

    def tell(self, event: Event) -> None:
        """Something happened; do what the supervisor says about it."""
        for instruction in self.supervisor.handle(event, self._clock.monotonic()):
            self._do(instruction)
        if self._preparing is not None and self.state != "preparing":
            self._preparing.cancel()
            self._preparing = None
        if self.state not in ("starting", "loading"):
            self._start_queue.leave(self)
        self._owner.on_change()

    def want(self, found: Found, environment: Environment | None) -> None:
        """Its script is on deck like this, and is to run in that environment; None: the hub's own interpreter."""
        self.path = found.path
        self.interpreter.wanted = environment
        self.tell(Wanted(found.version, self.interpreter.key))

    def adopt(self, record: WorkerRecord, run: str | None) -> None:
        """Expect the worker that an earlier hub had started."""
        self.token = str(record["token"])
        self.files.began = int(record.get("output") or 0)
        found = known_again(self._processes, record)
        if found is not None:
            self.watch(found)
        self.tell(Adopted(run, str(record.get("environment") or "")))

    def connected(self, link: Link, state: Hello) -> None:
        """The worker said hello, with what it is in."""
        self.link = link
        if self.process is None and state.get("pid"):
            found = self._processes.find(int(state["pid"]), None)
            if found is not None:
                self.watch(found)
                self._remember()
        self.tell(Connected(state.get("loaded"), self._owner.on_connected(state)))

    def disconnected(self, link: Link) -> None:
        """The connection is gone.  A process that ended is heard of only now, when all it had sent is read."""
        if link is not self.link:
            return
        self.link = None
        self.tell(Disconnected())
        self.look()

    def ask_output(self) -> None:
        """Let the process read what its children wrote; one that cannot be asked does so at the end of the run."""
        if self.link is not None and not self._reading:
            self._reading = True
            self._ask(self._output(self.link))

    def forget(self) -> None:
        """The hub ends: let go of timers and tasks; the process stays as it is."""
        self._tasks.cancel()
        if self._timer is not None:
            self._timer.cancel()
        self.let_go()

    def do(self, work: Work) -> asyncio.Task[None]:
        """Run this in the background; what goes wrong is logged."""
        return self._tasks.start(work)

    # --- instructions

    def _do(self, instruction: Instruction) -> None:
        match instruction:
            case Prepare():
                self._prepare()
            case Spawn():
                self._queued = True
                self._spawning = self.do(self._spawn_in_turn())
            case Load(version):
                self._ask(self._load(version))
            case Stop(run):
                self._ask(self._stop(run))
            case Kill():
                self._kill()
            case SetTimer(seconds, number):
                self._set_timer(seconds, number)
            case _:
                self._tell_owner(instruction)

    def _tell_owner(self, instruction: Instruction) -> None:
        match instruction:
            case Open(version):
                self._owner.on_open(version)
            case Close():
                self._owner.on_close()
            case EndRun():
                self._owner.on_lost(instruction)
            case Rest(seconds, reason, loaded=True):
                self._owner.on_rest(seconds, reason)
            case Rest(seconds, reason, hint=hint):
                self._owner.on_stillborn(seconds, reason, hint)
            case Stopped():
                self._owner.on_stopped()

    def _ask(self, work: Work) -> None:
        task = self.do(work)
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    def _prepare(self) -> None:
        if self._preparing is not None:
            self._preparing.cancel()
            self._preparing = None
        if self.interpreter.is_ready() or self.interpreter.wanted is None:
            self.tell(Prepared(self.interpreter.key))
        else:
            self._preparing = self.do(self._make(self.interpreter.wanted))

    async def _make(self, wanted: Environment) -> None:
        told: Event = Prepared(wanted.key)
        try:
            await self.interpreter.make(wanted)
        except NotPrepared as error:
            self._owner.on_unprepared(error)
            told = Unprepared(wanted.key)
        self._preparing = None
        self.tell(told)

    async def _spawn_in_turn(self) -> None:
        """Start the process when not too many others start; the turn is over when it has loaded, or takes long."""
        await self._start_queue.enter(self)
        await self._spawn()

    async def _spawn(self) -> None:
        self.token = secrets.token_hex(16)
        self.process = None
        self.files.begin_worker()
        self._remember()
        await self._board.committed()
        try:
            made = self.start(self.token, self.files)
        except OSError as error:
            self._queued = False
            self.gone(f"could not be started: {error}")
            return
        self.watch(made)
        self._remember()
        self._queued = False
        self._set_timer(*self._deferred)

    def start(self, token: str, files: WorkerFiles, **more: str) -> Process:
        """Start a process that runs this script as it is here, with ``more`` variables; raises OSError."""
        environ = {
            **self.interpreter.environ(self.supervisor.inside),
            "PYTHONUNBUFFERED": "1",
            **self._environment,
            "QUARTERDECK_SOCKET": str(self._places.socket),
            "QUARTERDECK_SPAWN": token,
            "QUARTERDECK_SCRIPT": self.name,
            "QUARTERDECK_PATH": str(self.path),
            "QUARTERDECK_LOGS": str(self._places.logs),
            **more,
        }
        command = self.interpreter.command(self.supervisor.inside)
        return self._processes.start(command, environ, self._places.folder, files.output_file)

    async def _load(self, version: str) -> None:
        args = await self._owner.load_args(version)
        link = self.link
        if link is None:
            return
        try:
            result = await link.call("load", args)
        except Exception as error:
            if link is self.link:  # else the connection was lost meanwhile, which is told elsewhere
                self._broken(version, fault_of(error))
            return
        try:
            self._owner.on_loaded(version, result)
        except (Refused, BadPlan) as error:
            self._broken(version, misfit_of(error))
            return
        self.tell(Loaded(version))

    async def _output(self, link: Link) -> None:
        try:
            await link.call("output", {})
        except Exception as error:
            _log.info("the worker of script %s does not read what its children write: %s", self.name, error)
        finally:
            self._reading = False

    def _broken(self, version: str, error: dict[str, Any]) -> None:
        self._owner.on_broken(version, error)
        self.tell(NotLoaded(version))

    async def _stop(self, run: str | None) -> None:
        if self.link is not None:
            await self.link.call("stop", {"run": run} if run else {})

    def _kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            return
        if self._spawning is not None:
            self._spawning.cancel()
        self._queued = False
        asyncio.get_running_loop().call_soon(self.gone, "was not started")

    def _set_timer(self, seconds: float, number: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._queued:
            self._deferred = seconds, number
            return
        self._timer = asyncio.get_running_loop().call_later(seconds, self.tell, Timeout(number))

    # --- the process

    def gone(self, reason: str, hint: str = "") -> None:
        """The process has ended, or was never started."""
        self.process = None
        self.let_go()
        for task in list(self._asked):
            task.cancel()
        self._records.record(WORKERS, self.name, None)
        self.tell(Exited(reason, hint))

    def _remember(self) -> None:
        record: WorkerRecord = {
            **self.noted(),
            "token": self.token,
            "path": str(self.path),
            "environment": self.supervisor.inside,
            "output": self.files.began,
        }
        self._records.record(WORKERS, self.name, record)
