"""A process that does one run beside its script's worker: it loads the script, does the run, and ends."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.hub.scripts.workers.child import Child, Noted
from quarterdeck.hub.scripts.workers.files import WorkerFiles
from quarterdeck.hub.scripts.workers.loading import load_args
from quarterdeck.hub.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.turns import Turn
    from quarterdeck.hub.scripts.needs import Board, Link, Places, Records
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.workers.child import Hello
    from quarterdeck.hub.scripts.workers.supervision import Interrupted
    from quarterdeck.hub.scripts.workers.worker import Worker
    from quarterdeck.hub.tasks import Work

BESIDE = "beside"
"""The collection of records: by run, its process."""
CONNECT_SECONDS, LOAD_SECONDS = 30.0, 120.0
AWAY_SECONDS = 5.0
TOLD_SECONDS = 5.0
STOP_SECONDS, KILL_SECONDS = 10.0, 2.0


class RunRecord(Noted):
    """What the next hub is to know: the process, the token it shows, and its turn."""

    script: str
    turn: dict[str, Any]
    token: str


class Group(Protocol):
    """The part of ``beside.py`` that its processes use."""

    script: str
    worker: Worker
    board: Board
    records: Records
    runs: Runs
    places: Places
    clock: Clock

    def gone(self, run: str) -> None: ...


class RunProcess(Child):
    """Of one turn."""

    DRAIN_SECONDS = 5.0

    def __init__(self, group: Group, turn: Turn, token: str) -> None:
        super().__init__()
        self.turn = turn
        self.token = token
        self.files = WorkerFiles(group.places.logs, group.script, turn.run)
        self.over = False
        self.interrupted: Interrupted | None = None
        self._group = group
        self._state: Hello = {}
        self._here = asyncio.Event()
        self._tasks = Tasks(f"run {turn.run} beside", self._failed)

    def do(self, work: Work) -> None:
        """In the background; what goes wrong there ends the run."""
        self._tasks.start(work)

    def forget(self) -> None:
        """Let go of everything but the process."""
        self._tasks.cancel()
        self.let_go()

    # --- its life

    async def begin(self) -> None:
        """Start the process, and go through its life."""
        group = self._group
        self._note()
        await group.board.committed()
        if self.interrupted is not None:
            self.gone("was not started")
            return
        self.files.begin_worker()
        self.files.begin_run(group.clock.now())
        try:
            self.watch(group.worker.start(self.token, self.files, QUARTERDECK_BESIDE=self.turn.run))
        except OSError as error:
            self.gone(f"could not be started: {error}")
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

    def connected(self, link: Link, state: Hello) -> None:
        """It said hello."""
        self.link, self._state = link, state
        self._here.set()

    def disconnected(self, link: Link) -> None:
        """Its connection is gone: its process has ended, or comes back, or is ended."""
        if link is not self.link:
            return
        self.link = None
        self._here.clear()
        self.look()
        if self.process is not None:
            asyncio.get_running_loop().call_later(AWAY_SECONDS, self._check_away)

    def _check_away(self) -> None:
        if self.link is None and self.process is not None:
            self._fail("lost its connection")

    def _fail(self, why: str) -> None:
        self._end("lost", f"its process {why}")
        self.kill()

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()

    def gone(self, reason: str, hint: str = "") -> None:
        """Its process has ended, and so has its run."""
        told = self.interrupted
        if told is not None:
            self._end(told.state, told.reason, told.error, told.hint)
        else:
            self._end("lost", f"its process {reason}", hint=hint)
        self.process = None
        self.forget()
        self._group.records.record(BESIDE, self.turn.run, None)
        shutil.rmtree(self.files.output_file.parent, ignore_errors=True)
        self._group.gone(self.turn.run)

    def _end(self, state: str, reason: str, error: str = "", hint: str = "") -> None:
        runs, run = self._group.runs, self.turn.run
        values = runs.values(run)
        if self.over or values.get("state") in END_STATES:
            return
        left = self.files.of_run(values, self._group.worker.path, self.files.begun().get(run))
        runs.end(run, state, reason, error=error, hint=hint, left=left, turn=self.turn)

    def _note(self) -> None:
        who: RunRecord = {
            **self.noted(), "script": self._group.script, "turn": self.turn.plain(), "token": self.token,
        }  # fmt: skip
        self._group.records.record(BESIDE, self.turn.run, who)

    def _failed(self, error: BaseException) -> None:
        if not self.interrupted:
            self._fail(f"could not run it: {error}")
