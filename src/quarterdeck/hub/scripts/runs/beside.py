"""The runs of one script that go on beside its worker, each in a process of its own: ``overlap="allow"``.

Such a process loads the script with the store and the panel as they are stored by then, does its one run, and ends.
It is recorded before it starts, as a worker is, so that the next hub knows it again.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.turns import Turn
from quarterdeck.hub.scripts.runs.store_sharing import StoreSharing
from quarterdeck.hub.scripts.workers.files import WorkerFiles
from quarterdeck.hub.scripts.workers.loading import load_args
from quarterdeck.hub.scripts.workers.supervision import Interrupted
from quarterdeck.hub.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.scripts.needs import Board, Link, Places, Process, Processes, Records
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.workers.worker import Worker

COLLECTION = "beside"
CONNECT_SECONDS, LOAD_SECONDS = 30.0, 120.0
AWAY_SECONDS = DRAIN_SECONDS = 5.0
TOLD_SECONDS = 5.0
STOP_SECONDS, KILL_SECONDS = 10.0, 2.0
GONE_WITH_HUB = "its process died while no hub was there to see it"


def claim_of(script: str, run: str) -> str:
    """The topic whose calls go to the process of this run."""
    return join("script", script, "beside", run)


class Beside:
    """``changed`` is called when a process is gone; ``worker`` is the script's."""

    def __init__(
        self,
        script: str,
        *,
        board: Board,
        records: Records,
        runs: Runs,
        scheduler: Scheduler,
        places: Places,
        clock: Clock,
        processes: Processes,
    ) -> None:
        self.worker: Worker
        self.changed: Callable[[], None]
        self.script = script
        self.board = board
        self.records = records
        self.runs = runs
        self.places = places
        self.clock = clock
        self._processes = processes
        self._scheduler = scheduler
        self._inside: dict[str, _One] = {}
        self.sharing = StoreSharing(script, board, lambda: self.worker.link)

    def __bool__(self) -> bool:
        return bool(self._inside)

    @property
    def processes(self) -> dict[str, tuple[Process, WorkerFiles]]:
        """The processes that run, by their runs, with what they leave."""
        return {run: (one.process, one.files) for run, one in self._inside.items() if one.process is not None}

    def turn(self, run: str) -> Turn | None:
        """The turn of a run that has its process here."""
        return self._inside[run].turn if run in self._inside else None

    def start(self, turn: Turn) -> None:
        """Run this turn in a process of its own."""
        one = self._add(turn, secrets.token_hex(16))
        one.do(one.begin())

    def adopt(self, run: str, record: Mapping[str, Any]) -> bool:
        """Take over a process that an earlier hub had started; False if it is dead, and its run is over then."""
        turn = Turn.of(self.script, record["turn"])
        values = self.runs.values(run)
        turn.born, turn.begun = bool(values), values.get("state") == "running"
        pid = record.get("pid")
        found = self._processes.find(int(pid), float(record["started"])) if pid else None
        if found is None:
            self.records.record(COLLECTION, run, None)
            self.runs.end(run, "lost", GONE_WITH_HUB, turn=turn)
            return False
        self._scheduler.adopt(turn, running=turn.begun, beside=True)
        one = self._add(turn, str(record["token"]))
        one.watch(found)
        one.do(one.live())
        return True

    def run_of(self, token: str) -> str | None:
        """The run whose process was started with this token."""
        return next((run for run, one in self._inside.items() if hmac.compare_digest(one.token, token)), None)

    def connected(self, run: str, link: Link, state: Mapping[str, Any]) -> None:
        """The process of a run said hello."""
        self._inside[run].connect(link, state)

    def disconnected(self, link: Link) -> None:
        """A connection is gone, everything it had sent being read."""
        for one in list(self._inside.values()):
            if one.link is link:
                one.disconnect()

    def begun(self, run: str) -> Turn | None:
        """A run goes on; its turn, if it has its process here."""
        turn = self.turn(run)
        if turn is not None:
            turn.begun = True
        return turn

    def over(self, run: str) -> None:
        """A run has ended: its process may go, and the worker learns what it stored."""
        one = self._inside.get(run)
        if one is not None and not one.over:
            one.over = True
            one.do(one.leave())
            self.sharing.tell()

    def interrupt(self, interrupted: Interrupted) -> None:
        """End the process of this run, so that the run ends as it says."""
        one = self._inside[interrupted.run]
        one.interrupted = interrupted
        one.do(one.leave(interrupted.run, KILL_SECONDS))

    def overgrown(self, run: str, reason: str, hint: str) -> None:
        """The process of this run uses more memory than it may."""
        one = self._inside[run]
        one.interrupted = Interrupted(run, f"its process {reason}", "failed", "OutOfMemory", hint)
        one.kill()

    def end(self, reason: str) -> None:
        """The hub ends: the processes end after their runs; those that take too long are lost for this reason."""
        for one in self._inside.values():
            one.do(one.leave(reason=reason))

    def forget(self) -> None:
        """The hub is gone: the processes stay as they are."""
        self.sharing.stop()
        for one in self._inside.values():
            one.forget()

    def gone(self, run: str) -> None:
        """The process of a run has ended."""
        del self._inside[run]
        if not self._inside:
            self.sharing.rest()
        self.changed()

    def _add(self, turn: Turn, token: str) -> _One:
        self.sharing.listen()
        one = self._inside[turn.run] = _One(self, turn, token)
        return one


class _One:
    """One process, and its one run."""

    def __init__(self, group: Beside, turn: Turn, token: str) -> None:
        self.turn = turn
        self.token = token
        self.link: Link | None = None
        self.process: Process | None = None
        self.files = WorkerFiles(group.places.logs, group.script, turn.run)
        self.over = False
        self.interrupted: Interrupted | None = None
        self._group = group
        self._state: dict[str, Any] = {}
        self._here = asyncio.Event()
        self._tasks = Tasks(f"run {turn.run} beside", self._failed)
        self._unwatch: Callable[[], None] | None = None

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """In the background; what goes wrong there ends the run."""
        self._tasks.start(work)

    def forget(self) -> None:
        """Let go of everything but the process."""
        self._tasks.cancel()
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    # --- its life

    async def begin(self) -> None:
        """Start the process, and go through its life."""
        group = self._group
        self._note()
        await group.board.committed()
        if self.interrupted is not None:
            self._gone("was not started", "")
            return
        self.files.begin_worker()
        self.files.begin_run(group.clock.now())
        try:
            self.watch(group.worker.start(self.token, self.files, QUARTERDECK_BESIDE=self.turn.run))
        except OSError as error:
            self._gone(f"could not be started: {error}", "")
            return
        self._note()
        await self.live()

    async def live(self) -> None:
        """Wait for it, load the script, give it the run, and mind that this ends."""
        if not await self._within(CONNECT_SECONDS, self._here.wait()):
            self._fail("did not connect within 30 s")
            return
        if self._state.get("loaded") is None and not await self._within(LOAD_SECONDS, self._load()):
            self._fail("did not load the script within two minutes")
            return
        run = self.turn.run
        if run not in (self._state.get("run"), *self._state.get("held", ()), *self.files.begun()):
            await self._call("run", {"turns": [self.turn.plain()]})
        elif self._state.get("run") == run:
            return  # an earlier hub gave it; its end comes as an event
        await asyncio.sleep(TOLD_SECONDS)
        if not self.over and not self.interrupted:
            self._fail("told no end of it that the hub could take")

    async def leave(self, run: str | None = None, seconds: float = STOP_SECONDS, reason: str = "") -> None:
        """Ask it to end, at once if it is in ``run``, else after its run; and see to it."""
        if self.link is not None:
            await self._within(seconds, self._call("stop", {"run": run} if run else {}))
        await asyncio.sleep(seconds)
        if reason:
            self._end("lost", reason)
        self.kill()

    async def _load(self) -> None:
        group = self._group
        version = group.worker.supervisor.loaded or ""
        await self._call("load", await load_args(group.board, group.script, version, setup=False))

    async def _call(self, name: str, args: dict[str, Any]) -> None:
        if self.link is not None:
            await self.link.call(name, args)

    async def _within(self, seconds: float, work: Coroutine[Any, Any, Any]) -> bool:
        try:
            await asyncio.wait_for(work, seconds)
        except TimeoutError:
            return False
        return True

    # --- its connection and its process

    def connect(self, link: Link, state: Mapping[str, Any]) -> None:
        """It said hello."""
        self.link, self._state = link, dict(state)
        self._here.set()

    def disconnect(self) -> None:
        """Its connection is gone: its process has ended, or comes back, or is ended."""
        self.link = None
        self._here.clear()
        self._look()
        if self.process is not None:
            asyncio.get_running_loop().call_later(AWAY_SECONDS, self._check_away)

    def watch(self, process: Process) -> None:
        """This is its process."""
        self.process = process
        self._unwatch = process.when_ended(self._look)

    def _check_away(self) -> None:
        if self.link is None and self.process is not None:
            self._fail("lost its connection")

    def _look(self) -> None:
        """Its end counts when its connection has been read to the end; a child of it may hold that open."""
        if self.process is None or self.process.alive():
            return
        if self.link is None:
            self._gone(*self.process.ending())
        else:
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._drained, self.link)

    def _drained(self, link: Link) -> None:
        if self.link is link:
            self.disconnect()

    def _fail(self, why: str) -> None:
        self._end("lost", f"its process {why}")
        self.kill()

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()

    def _gone(self, reason: str, hint: str) -> None:
        told = self.interrupted
        if told is not None:
            self._end(told.state, told.reason, told.error, told.hint)
        else:
            self._end("lost", f"its process {reason}", hint=hint)
        self.process = None
        self.forget()
        self._group.records.record(COLLECTION, self.turn.run, None)
        shutil.rmtree(self.files.output_file.parent, ignore_errors=True)
        self._group.gone(self.turn.run)

    def _end(self, state: str, reason: str, error: str = "", hint: str = "") -> None:
        runs, run = self._group.runs, self.turn.run
        values = runs.values(run)
        if self.over or values.get("state") in END_STATES:
            return
        left = self.files.of_run(values, self._group.worker.path, self.files.begun().get(run))
        if state != "lost":
            left = {field: value for field, value in left.items() if field not in ("traceback", "frames")}
        runs.end(run, state, reason, error=error, left={**left, **({"hint": hint} if hint else {})}, turn=self.turn)

    def _note(self) -> None:
        pid, started = (self.process.pid, self.process.started) if self.process else (None, None)
        who = {"script": self._group.script, "turn": self.turn.plain(), "token": self.token}
        self._group.records.record(COLLECTION, self.turn.run, {**who, "pid": pid, "started": started})

    def _failed(self, error: BaseException) -> None:
        if not self.interrupted:
            self._fail(f"could not run it: {error}")
