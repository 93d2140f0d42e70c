"""The runs of one script that go on beside its worker, each in a process of its own: ``overlap="allow"``.

Such a process loads the script with the store and the panel as they are stored by then, does its one run, and ends.
It is recorded before it starts, as a worker is, so that the next hub knows it again.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.turns import Turn
from quarterdeck.hub.scripts.runs.run_process import BESIDE, KILL_SECONDS, RunProcess
from quarterdeck.hub.scripts.runs.store_sharing import StoreSharing
from quarterdeck.hub.scripts.workers.child import known_again
from quarterdeck.hub.scripts.workers.supervision import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.scripts.needs import Board, Link, Places, Process, Processes, Records
    from quarterdeck.hub.scripts.runs.run_process import RunRecord
    from quarterdeck.hub.scripts.topics.run_topics import Runs
    from quarterdeck.hub.scripts.workers.child import Hello
    from quarterdeck.hub.scripts.workers.files import WorkerFiles
    from quarterdeck.hub.scripts.workers.worker import Worker

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
        self._inside: dict[str, RunProcess] = {}
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

    def adopt(self, run: str, record: RunRecord) -> bool:
        """Take over a process that an earlier hub had started; False if it is dead, and its run is over then."""
        turn = Turn.of(self.script, record["turn"])
        values = self.runs.values(run)
        turn.born, turn.begun = bool(values), values.get("state") == "running"
        found = known_again(self._processes, record)
        if found is None:
            self.records.record(BESIDE, run, None)
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

    def connected(self, run: str, link: Link, state: Hello) -> None:
        """The process of a run said hello."""
        self._inside[run].connected(link, state)

    def disconnected(self, link: Link) -> None:
        """A connection is gone, everything it had sent being read."""
        for one in list(self._inside.values()):
            one.disconnected(link)

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

    def _add(self, turn: Turn, token: str) -> RunProcess:
        self.sharing.listen()
        one = self._inside[turn.run] = RunProcess(self, turn, token)
        return one
