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
from quarterdeck.core.topics import check_topic, join
from quarterdeck.hub import process
from quarterdeck.hub.environments.environment import environment_of
from quarterdeck.hub.environments.environments import Environments
from quarterdeck.hub.retention.pruning import EVERY_SECONDS, Pruning
from quarterdeck.hub.schedules.calendars import Calendars
from quarterdeck.hub.schedules.scheduler import Scheduler
from quarterdeck.hub.schedules.turns import Beside as GoBeside
from quarterdeck.hub.schedules.turns import Drop, Interrupt, Recall, Skip, Start, Wait
from quarterdeck.hub.scripts.adoption import Adoption
from quarterdeck.hub.scripts.agenda import agenda
from quarterdeck.hub.scripts.connections import Connections
from quarterdeck.hub.scripts.finder import Finder, Found
from quarterdeck.hub.scripts.limits import keep_output, keep_within
from quarterdeck.hub.scripts.making import ScriptMaker
from quarterdeck.hub.scripts.needs import Around
from quarterdeck.hub.scripts.renames import Renames
from quarterdeck.hub.scripts.runs.launcher import Launcher
from quarterdeck.hub.scripts.script.calls import answer
from quarterdeck.hub.scripts.topics.run_topics import Runs, name_run, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.retention.limits import Keep
    from quarterdeck.hub.schedules.preview import Ahead
    from quarterdeck.hub.schedules.turns import Instruction, Turn
    from quarterdeck.hub.scripts.needs import Board, Places, Processes, Records, Rules
    from quarterdeck.hub.scripts.script.script import Script
    from quarterdeck.hub.tasks import Work

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
        self.pruning = Pruning(board, records, places.logs, keep, clock)
        self._board = board
        self._around = Around(board, records, places, rules, clock, processes)
        self._calendars = Calendars(places.folder, rules.calendars)
        self._finder = finder or Finder(places.scripts)
        self._environments = Environments(places.environments)
        connections = Connections(self.scripts)
        self.given, self.script_of, self.beside_of = connections.given, connections.script_of, connections.beside_of
        self.connected, self.disconnected = connections.connected, connections.disconnected
        self._launcher = Launcher(board, self.runs, self.scheduler, connections.link_of)
        self._maker = ScriptMaker(
            self._around,
            scheduler=self.scheduler,
            runs=self.runs,
            launcher=self._launcher,
            calendars=self._calendars,
            environments=self._environments,
            environment=self.environment,
            carry_out=self._carry_out,
            removed=self._removed,
            stopped=self._check_stopped,
        )
        self._renames = Renames(board, records, places.logs, self._maker.kept, self.scripts)
        self._tasks: list[asyncio.Task[None]] = []
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
        self._maker.remember()
        adoption = Adoption(
            self._around, maker=self._maker, runs=self.runs, scripts=self.scripts, add=self._add, found=found
        )
        await adoption.adopt(self._renames)
        self._appear(found)
        works = [self._keep_found, self._keep_time, self._launcher.keep, self._keep_sweeping, self._keep_calendars]
        works += [partial(keep_within, self.scripts, self._around.rules), partial(keep_output, self.scripts)]
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
        return agenda(self.scripts.values(), self.scheduler, self._around.rules.zone)

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
        if not self._around.rules.enabled(name):
            self._maker.topic(name).become("idle", f"switched off by enabled = false in [script.{name}]")
            return
        script = self.scripts.get(name) or self._add(each)
        path = str(each.path.relative_to(self._around.places.folder))
        if script.topic.values.get("path") != path:
            script.topic.become("loading", name="script.found", path=path)
        script.appear(each, environment_of(each.inline, self._around.rules.python(name), self._around.places.folder))

    def _add(self, found: Found) -> Script:
        script = self.scripts[found.name] = self._maker.script(found)
        return script

    def _removed(self, script: Script) -> None:
        """The topics of a script that is gone end, or go over to the name that it has now."""
        if self.scripts.get(script.name) is script:
            del self.scripts[script.name]
        script.worker.do(self._renames.leave(script.name, self._appear))

    # --- inside: time

    async def _keep_time(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            now = self._around.clock.now()
            self._carry_out(self.scheduler.tick(now, self._around.clock.monotonic()))
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

    def _on_run(self, topic: str, ops: Said, _name: str | None) -> None:
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

    async def _keep(self, work: Callable[[], Work]) -> None:
        """One fault must not end what runs for ever: it is logged, and the work goes on."""
        while True:
            try:
                await work()
            except Exception:
                name = getattr(work, "func", work).__name__
                _log.exception("the scripts of the deck: %s failed and begins anew", name)
            await asyncio.sleep(AGAIN_SECONDS)
