"""The scripts of a deck: the one thing that a hub starts and stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.ops import Refused
from quarterdeck.core.schedule import SECOND
from quarterdeck.core.topics import check_topic, join, split
from quarterdeck.hub import process
from quarterdeck.hub.environments.environment import environment_of
from quarterdeck.hub.environments.environments import Environments
from quarterdeck.hub.retention.pruning import EVERY_SECONDS, Pruning
from quarterdeck.hub.schedules.calendars import Calendars
from quarterdeck.hub.schedules.scheduler import Scheduler
from quarterdeck.hub.schedules.turns import Beside as GoBeside
from quarterdeck.hub.schedules.turns import Drop, Interrupt, Recall, Skip, Start, Wait
from quarterdeck.hub.scripts.agenda import agenda
from quarterdeck.hub.scripts.connections import Connections
from quarterdeck.hub.scripts.finder import Finder, Found
from quarterdeck.hub.scripts.limits import keep_output, keep_within
from quarterdeck.hub.scripts.renames import Renames
from quarterdeck.hub.scripts.runs.beside import COLLECTION as BESIDE
from quarterdeck.hub.scripts.runs.beside import Beside
from quarterdeck.hub.scripts.runs.granted_turns import DIED, TURNS, GrantedTurns
from quarterdeck.hub.scripts.runs.launcher import Launcher
from quarterdeck.hub.scripts.script.calls import answer
from quarterdeck.hub.scripts.script.pauses import PAUSED, Pauses
from quarterdeck.hub.scripts.script.script import Script
from quarterdeck.hub.scripts.topics.run_topics import Runs, name_run, state_of
from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic
from quarterdeck.hub.scripts.topics.unusual_runs import DURATIONS
from quarterdeck.hub.scripts.workers.files import WorkerFiles
from quarterdeck.hub.scripts.workers.start_queue import StartQueue
from quarterdeck.hub.scripts.workers.worker import COLLECTION, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.retention.limits import Keep
    from quarterdeck.hub.schedules.preview import Ahead
    from quarterdeck.hub.schedules.turns import Instruction, Turn
    from quarterdeck.hub.scripts.needs import Board, Places, Processes, Records, Rules

LONGEST_SLEEP = 1.0
STOP_SECONDS = 15.0
AGAIN_SECONDS = 1.0
CALENDAR_SECONDS = 10.0
_log = logging.getLogger(__name__)


class ScriptService:
    """``environment`` has QUARTERDECK_URL and QUARTERDECK_TOKEN for users' code.

    Tests give a ``finder`` and ``processes`` of their own.
    """

    def __init__(
        self,
        *,
        board: Board,
        records: Records,
        places: Places,
        rules: Rules,
        clock: Clock,
        keep: Keep,
        environment: Mapping[str, str] | None = None,
        finder: Finder | None = None,
        processes: Processes = process,
    ) -> None:
        self.scripts: dict[str, Script] = {}
        self.scheduler = Scheduler(rules.zone, name_run)
        self.runs = Runs(board, records, clock)
        self.environment = dict(environment or {})
        self._board = board
        self._records = records
        self._places = places
        self._rules = rules
        self._clock = clock
        self._calendars = Calendars(places.folder, rules.calendars)
        self._finder = finder or Finder(places.scripts)
        self._processes = processes
        self._environments = Environments(places.environments)
        self._start_queue = StartQueue()
        self._tasks: list[asyncio.Task[None]] = []
        self._durations: dict[str, Any] = {}  # by script, as the hub before recorded them
        self._paused: dict[str, Any] = {}
        self._turns: dict[str, Any] = {}  # as the hub before recorded them
        kept = {DURATIONS: self._durations, PAUSED: self._paused, TURNS: self._turns}
        self._renames = Renames(board, records, places.logs, kept, self.scripts)
        self._granted: dict[str, GrantedTurns] = {}  # of workers that it had, and that are dead
        connections = Connections(self.scripts)
        self.given, self.script_of, self.beside_of = connections.given, connections.script_of, connections.beside_of
        self.connected, self.disconnected = connections.connected, connections.disconnected
        self._launcher = Launcher(board, self.runs, self.scheduler, connections.link_of)
        self.pruning = Pruning(board, records, places.logs, keep, clock)
        self._wake = asyncio.Event()
        self._unlisten: Callable[[], None] | None = None
        self._all_stopped = asyncio.Event()

    # --- start and stop

    async def start(self) -> None:
        """Adopt what an earlier hub left, then keep the scripts of the deck.

        Begin to listen on the unix socket after this, so that a worker which comes back meets a hub that knows it.
        """
        self._unlisten = self._board.listen("run", self._on_run)
        found = self._finder.look()
        self._durations.update(self._records.records(DURATIONS))
        self._paused.update(self._records.records(PAUSED))
        self._turns.update(self._records.records(TURNS))
        await self._adopt(found)
        self._appear(found)
        works = [self._keep_found, self._keep_time, self._launcher.keep, self._keep_sweeping, self._keep_calendars]
        works += [partial(keep_within, self.scripts, self._rules), partial(keep_output, self.scripts)]
        self._tasks = [asyncio.get_running_loop().create_task(self._keep(work)) for work in works]

    async def stop(self) -> None:
        """End all workers after their runs, at the latest after ten seconds."""
        for task in self._tasks[:2]:
            task.cancel()
        for script in list(self.scripts.values()):
            script.end("the hub was stopped and the run did not end within 10 s")
        self._all_stopped.clear()
        self._check_stopped()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_stopped.wait(), STOP_SECONDS)
        await self.abandon()

    def _check_stopped(self) -> None:
        if all(script.stopped for script in self.scripts.values()):
            self._all_stopped.set()

    async def abandon(self) -> None:
        """Let go of everything and leave the workers to the next hub."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._launcher.close()
        for script in self.scripts.values():
            script.worker.forget()
            script.beside.forget()
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None

    # --- calls from pages and commands

    async def answer(self, topic: str, name: str, args: Mapping[str, Any], by: str | None) -> dict[str, Any]:
        """See ``script/calls.py``."""
        return answer(self.scripts, topic, name, args, by)

    # --- what is read of them

    def agenda(self) -> list[Ahead]:
        """Every hook that its schedule will start, and when."""
        return agenda(self.scripts.values(), self.scheduler, self._rules.zone)

    def found(self, name: str) -> Found | None:
        """Where the files of a script are; None if there is no such script, or its files are gone."""
        script = self.scripts.get(name)
        return script.found if script else None

    # --- inside: what is on deck

    async def _keep_found(self) -> None:
        async for found in self._finder.changes():
            self._appear(found)

    def _appear(self, found: Mapping[str, Found]) -> None:
        for name, reason in self._renames.look(found).items():
            self.scripts[name].vanish(reason)
        for name, each in found.items():
            try:
                self._take(name, each)
            except Refused as refused:  # a name that cannot be a topic, for one; it harms no other
                _log.error("the script %s is left out: %s", name, refused)
        self._wake.set()

    def _take(self, name: str, each: Found) -> None:
        check_topic(join("script", name, "store"))
        if self._renames.waits(name):
            return
        if not self._rules.enabled(name):
            self._topic_of(name).become("idle", f"switched off by enabled = false in [script.{name}]")
            return
        script = self.scripts.get(name) or self._add(each)
        path = str(each.path.relative_to(self._places.folder))
        if script.topic.values.get("path") != path:
            script.topic.become("loading", name="script.found", path=path)
        script.appear(each, environment_of(each.inline, self._rules.python(name), self._places.folder))

    def _add(self, found: Found) -> Script:
        topic = self._topic_of(found.name)
        script = Script(
            found,
            topic,
            board=self._board,
            records=self._records,
            runs=self.runs,
            scheduler=self.scheduler,
            clock=self._clock,
            durations=self._durations.get(found.name),
            pauses=Pauses(topic, self._records, self._clock, self._rules.zone, self._paused.setdefault(found.name, {})),
            granted=self._granted.pop(found.name) if found.name in self._granted else self._granted_of(found.name),
            beside=self._beside_of(found.name),
            carry_out=self._carry_out,
            removed=self._removed,
            stopped=self._check_stopped,
        )
        script.worker = Worker(
            found.name,
            found.path,
            script,
            board=self._board,
            records=self._records,
            places=self._places,
            clock=self._clock,
            environment=self.environment,
            processes=self._processes,
            environments=self._environments,
            start_queue=self._start_queue,
        )
        script.granted.worker = script.beside.worker = script.worker
        script.beside.changed = script.on_beside
        self.scripts[found.name] = script
        return script

    def _beside_of(self, script: str) -> Beside:
        return Beside(
            script,
            board=self._board,
            records=self._records,
            runs=self.runs,
            scheduler=self.scheduler,
            places=self._places,
            clock=self._clock,
            processes=self._processes,
        )

    def _granted_of(self, script: str) -> GrantedTurns:
        return GrantedTurns(
            script,
            records=self._records,
            runs=self.runs,
            scheduler=self.scheduler,
            launcher=self._launcher,
            clock=self._clock,
            carry_out=self._carry_out,
            kept=self._turns.pop(script, None),
        )

    def _topic_of(self, name: str) -> ScriptTopic:
        return ScriptTopic(name, self._board, self._clock, self._calendars)

    def _removed(self, script: Script) -> None:
        """The topics of a script that is gone end, or go over to the name that it has now."""
        if self.scripts.get(script.name) is script:
            del self.scripts[script.name]
        script.worker.do(self._renames.leave(script.name, self._appear))

    # --- inside: an earlier hub's workers and runs

    async def _adopt(self, found: Mapping[str, Found]) -> None:
        runs, booted, cut = await self.runs.unfinished(), self._processes.boot_time(), set()
        for name, record in self._records.records(COLLECTION).items():
            if self._may_live(record):
                script = self._add(self._found_of(found, name))
                script.worker.adopt(record, script.granted.lives())
            else:
                self._records.record(COLLECTION, name, None)
                cut |= {name} if float(record.get("started") or booted) < booted else set()
        known = {run for script in self.scripts.values() for run in script.granted.held}
        for run, record in self._records.records(BESIDE).items():
            script = self.scripts.get(record["script"]) or self._add(self._found_of(found, record["script"]))
            known |= {run} if script.beside.adopt(run, record) else set()
        for name in list(self._turns):  # their workers are dead
            self._granted[name] = granted = self._granted_of(name)
            lost = granted.died(WorkerFiles(self._places.logs, name).begun(), doubtful=name in cut)
            self._topic_of(name).ended([(run, self.runs.values(run)) for run in lost])
            known |= set(lost)
        known |= {turn.run for granted in self._granted.values() for turn in granted.left}
        for item in runs:
            if (run := split(item.topic)[1]) not in known:
                self._lose(run, item.state.values)
        for old, new in (await self._renames.settle(found)).items():
            if old in self._granted:
                self._turns[new] = self._granted.pop(old).plain()

    def _found_of(self, found: Mapping[str, Found], name: str) -> Found:
        return found.get(name) or Found(name, self._places.scripts / name, "")

    def _lose(self, run: str, values: Mapping[str, Any]) -> None:
        """No worker has this run, which was not over when the hub before this one ended."""
        waited = values["state"] == "waiting"
        reason = "the hub ended before its turn came" if waited else DIED
        self.runs.end(run, "lost", reason)
        if values["script"] not in self.scripts:
            self._topic_of(values["script"]).ended([(run, self.runs.values(run))])

    def _may_live(self, record: Mapping[str, Any]) -> bool:
        """Whether the worker may live: a hub that ended between its start and the note of its pid left none."""
        pid = record.get("pid")
        return pid is None or self._processes.find(int(pid), float(record["started"])) is not None

    # --- inside: time

    async def _keep_time(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            now = self._clock.now()
            self._carry_out(self.scheduler.tick(now, self._clock.monotonic()))
            due = self.scheduler.wake()
            # Never longer, because a clock that is set and a machine that sleeps do not wake us.
            seconds = LONGEST_SLEEP if due is None else min(LONGEST_SLEEP, max(0.0, (due - now) / SECOND))
            self._wake.clear()
            timer = loop.call_later(seconds, self._wake.set)
            await self._wake.wait()
            timer.cancel()

    def _carry_out(self, instructions: Iterable[Instruction]) -> None:
        given: dict[str, list[Turn]] = {}
        for made in instructions:
            match made:
                case Start(turn):
                    given.setdefault(turn.script, []).append(turn)
                case GoBeside(turn):
                    self.scripts[turn.script].give_beside(turn)
                case Wait(turn):
                    script = self.scripts.get(turn.script)
                    self.runs.queue(turn, script.topic.values.get("version") if script else None)
                case Drop(turn, reason):
                    self.runs.end(turn.run, "cancelled", reason)
                case Skip(script_name, hook, times, reason):
                    self.scripts[script_name].skipped(hook, times, reason)
                case Interrupt(turn, reason):
                    self.scripts[turn.script].interrupt(turn.run, reason)
                case Recall(script_name, turns):
                    self.scripts[script_name].recall(turns)
        for name, turns in given.items():
            self.scripts[name].give(turns)
        self._wake.set()

    # --- inside: ends of runs

    def _on_run(self, topic: str, ops: list[Any], _name: str | None) -> None:
        state = state_of(ops)
        if state is None or state == "waiting":
            return
        found = self._board.state(topic)
        run, values = topic.removeprefix("run/"), found.values if found else {}
        script = self.scripts.get(str(values.get("script")))
        if script is None:
            return
        if state == "running":
            script.begun(run, values)
            self._wake.set()
        elif state in END_STATES:
            script.ended(run, values)
            if self.pruning.is_due(script.name):
                script.worker.do(self.pruning.prune(script.name))

    async def _keep_sweeping(self) -> None:
        while True:
            await self.pruning.sweep()
            used = {key for script in self.scripts.values() for key in script.worker.environments}
            await asyncio.to_thread(self._environments.sweep, used)
            await asyncio.sleep(EVERY_SECONDS)

    async def _keep_calendars(self) -> None:
        while True:
            await asyncio.sleep(CALENDAR_SECONDS)
            await asyncio.to_thread(self._calendars.look)

    async def _keep(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """One fault must not end what runs for ever: it is logged, and the work goes on."""
        while True:
            try:
                await work()
            except Exception:
                name = getattr(work, "func", work).__name__
                _log.exception("the scripts of the deck: %s failed and begins anew", name)
            await asyncio.sleep(AGAIN_SECONDS)
