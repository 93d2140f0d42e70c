"""Puts a script together with all that belongs to it: topic, pauses, turns, its worker, and what runs beside that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.hub.scripts.runs.beside import Beside
from quarterdeck.hub.scripts.runs.granted_turns import TURNS, GrantedTurns
from quarterdeck.hub.scripts.script.pauses import PAUSED, Pauses
from quarterdeck.hub.scripts.script.script import Script
from quarterdeck.hub.scripts.topics.script_topic import ScriptTopic
from quarterdeck.hub.scripts.topics.unusual_runs import DURATIONS
from quarterdeck.hub.scripts.workers.start_queue import StartQueue
from quarterdeck.hub.scripts.workers.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quarterdeck.hub.schedules.calendars import Calendars
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.schedules.turns import Instruction
    from quarterdeck.hub.scripts.finder import Found
    from quarterdeck.hub.scripts.needs import Around, Environments
    from quarterdeck.hub.scripts.runs.launcher import Launcher
    from quarterdeck.hub.scripts.topics.run_topics import Runs


class ScriptMaker:
    """``environment`` has variables for users' code; ``carry_out``, ``removed`` and ``stopped`` are for each script."""

    def __init__(
        self,
        around: Around,
        *,
        scheduler: Scheduler,
        runs: Runs,
        launcher: Launcher,
        calendars: Calendars,
        environments: Environments,
        environment: Mapping[str, str],
        carry_out: Callable[[Iterable[Instruction]], None],
        removed: Callable[[Script], None],
        stopped: Callable[[], None],
    ) -> None:
        self.kept: dict[str, dict[str, Any]] = {DURATIONS: {}, PAUSED: {}, TURNS: {}}
        """By collection and script: what the hub before recorded."""
        self.dead: dict[str, GrantedTurns] = {}
        """The turns of workers that the hub before had, and that are dead."""
        self._around = around
        self._scheduler = scheduler
        self._runs = runs
        self._launcher = launcher
        self._calendars = calendars
        self._environments = environments
        self._environment = environment
        self._start_queue = StartQueue()
        self._carry_out = carry_out
        self._removed = removed
        self._stopped = stopped

    def remember(self) -> None:
        """Read what the hub before recorded."""
        for collection, kept in self.kept.items():
            kept.update(self._around.records.records(collection))

    def script(self, found: Found) -> Script:
        """A script that is on deck, with a worker that is not started yet."""
        around, name, topic = self._around, found.name, self.topic(found.name)
        paused = self.kept[PAUSED].setdefault(name, {})
        script = Script(
            found,
            topic,
            board=around.board,
            records=around.records,
            runs=self._runs,
            scheduler=self._scheduler,
            clock=around.clock,
            durations=self.kept[DURATIONS].get(name),
            pauses=Pauses(topic, around.records, around.clock, around.rules.zone, paused),
            granted=self.dead.pop(name) if name in self.dead else self.granted(name),
            beside=self._beside(name),
            carry_out=self._carry_out,
            removed=self._removed,
            stopped=self._stopped,
        )
        script.worker = script.granted.worker = script.beside.worker = self._worker(found, script)
        script.beside.changed = script.on_beside
        return script

    def topic(self, name: str) -> ScriptTopic:
        """What is said of a script, on deck or not."""
        return ScriptTopic(name, self._around.board, self._around.clock, self._calendars)

    def granted(self, name: str) -> GrantedTurns:
        """The turns of a script's worker, with those that the hub before recorded."""
        return GrantedTurns(
            name,
            records=self._around.records,
            runs=self._runs,
            scheduler=self._scheduler,
            launcher=self._launcher,
            clock=self._around.clock,
            carry_out=self._carry_out,
            kept=self.kept[TURNS].pop(name, None),
        )

    def _beside(self, name: str) -> Beside:
        return Beside(
            name,
            board=self._around.board,
            records=self._around.records,
            runs=self._runs,
            scheduler=self._scheduler,
            places=self._around.places,
            clock=self._around.clock,
            processes=self._around.processes,
        )

    def _worker(self, found: Found, script: Script) -> Worker:
        return Worker(
            found.name,
            found.path,
            script,
            board=self._around.board,
            records=self._around.records,
            places=self._around.places,
            clock=self._around.clock,
            environment=self._environment,
            processes=self._around.processes,
            environments=self._environments,
            start_queue=self._start_queue,
        )
