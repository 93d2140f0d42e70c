"""What the hub before this one left: workers and processes that live are adopted, the runs of dead ones end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import RUN
from quarterdeck.core.topics import split
from quarterdeck.hub.schedules.turns import Turn
from quarterdeck.hub.scripts.finder import Found
from quarterdeck.hub.scripts.runs.granted_turns import DIED, TURNS
from quarterdeck.hub.scripts.runs.run_process import BESIDE
from quarterdeck.hub.scripts.workers.child import known_again
from quarterdeck.hub.scripts.workers.files import WorkerFiles
from quarterdeck.hub.scripts.workers.worker import WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quarterdeck.hub.scripts.making import ScriptMaker
    from quarterdeck.hub.scripts.needs import Around
    from quarterdeck.hub.scripts.renames import Renames
    from quarterdeck.hub.scripts.script.script import Script
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.workers.worker import WorkerRecord


_WAITING_ON = ("schedule", "retry", "trigger")
_TURN = ("hook", "due", "cause", "by", "args", "missed", "attempt", "retry_of")
"""What a run's topic tells of its turn."""


class Adoption:
    """``scripts`` are those on deck, and ``add`` brings one there; ``found`` are the files that there are."""

    def __init__(
        self,
        around: Around,
        *,
        maker: ScriptMaker,
        runs: Runs,
        scripts: Mapping[str, Script],
        add: Callable[[Found], Script],
        found: Mapping[str, Found],
    ) -> None:
        self._records = around.records
        self._processes = around.processes
        self._places = around.places
        self._maker = maker
        self._runs = runs
        self._scripts = scripts
        self._add = add
        self._found = found

    async def adopt(self, renames: Renames) -> None:
        """Each run that was not over goes on, waits, or has an end; then scripts go over to the names they have now."""
        unfinished = await self._runs.unfinished()
        cut = self._adopt_workers()
        known = {run for script in self._scripts.values() for run in script.granted.held}
        known |= self._adopt_beside()
        known |= self._bury(cut)
        for item in unfinished:
            run, values = split(item.topic)[1], item.state.values
            if run not in known and not self._keep_waiting(run, values):
                self._lose(run, values)
        for old, new in (await renames.settle(self._found)).items():
            if old in self._maker.dead:
                self._maker.kept[TURNS][new] = self._maker.dead.pop(old).plain()

    def _adopt_workers(self) -> set[str]:
        """The scripts whose workers went down with the machine."""
        booted, cut = self._processes.boot_time(), set()
        for name, record in self._records.records(WORKERS).items():
            if self._may_live(record):
                script = self._add(self._found_of(name))
                script.worker.adopt(record, script.granted.lives())
            else:
                self._records.record(WORKERS, name, None)
                cut |= {name} if float(record.get("started") or booted) < booted else set()
        return cut

    def _adopt_beside(self) -> set[str]:
        """The runs that go on beside workers."""
        known = set()
        for run, record in self._records.records(BESIDE).items():
            script = self._scripts.get(record["script"]) or self._add(self._found_of(record["script"]))
            known |= {run} if script.beside.adopt(run, record) else set()
        return known

    def _bury(self, cut: set[str]) -> set[str]:
        """The runs of workers that are dead: those that they had begun are lost, the others wait."""
        known, dead = set(), self._maker.dead
        for name in list(self._maker.kept[TURNS]):
            dead[name] = granted = self._maker.granted(name)
            lost = granted.died(WorkerFiles(self._places.logs, name).begun(), doubtful=name in cut)
            self._maker.topic(name).ended([(run, self._runs.values(run)) for run in lost])
            known |= set(lost)
        return known | {turn.run for granted in dead.values() for turn in granted.left}

    def _found_of(self, name: str) -> Found:
        return self._found.get(name) or Found(name, self._places.scripts / name, "")

    def _keep_waiting(self, run: str, values: Mapping[str, Any]) -> bool:
        """Let a run whose turn had not come wait on; False if it had, or was of an input or of setup.

        A press that is answered much later would surprise whoever pressed, and a new worker has a setup of its own.
        """
        name = str(values["script"])
        if values["state"] != "waiting" or values["cause"] not in _WAITING_ON or name not in self._found:
            return False
        plain = {field: values[field] for field in _TURN if values.get(field) is not None}
        turn = Turn.of(name, {"run": run, **plain})
        turn.born = True
        if name in self._scripts:
            self._scripts[name].granted.left.append(turn)
        else:
            self._maker.dead.setdefault(name, self._maker.granted(name)).left.append(turn)
        return True

    def _lose(self, run: str, values: Mapping[str, Any]) -> None:
        """No worker has this run, which was not over when the hub before this one ended."""
        waited = values["state"] == "waiting"
        reason = RUN.change("waiting", "lost") if waited else DIED
        self._runs.end(run, "lost", reason)
        if values["script"] not in self._scripts:
            self._maker.topic(values["script"]).ended([(run, self._runs.values(run))])

    def _may_live(self, record: WorkerRecord) -> bool:
        """Whether the worker may live: a hub that ended between its start and the note of its pid left none."""
        return record.get("pid") is None or known_again(self._processes, record) is not None
