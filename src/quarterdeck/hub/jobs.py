"""Lost jobs: a process that died cannot say so, so the hub does; and takes it back if it is heard of again.

A worker that its program ended is not lost: the program says which ones it dismissed, or has ended itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import JOB
from quarterdeck.core.topics import join, split
from quarterdeck.hub.machine import Machine
from quarterdeck.hub.members import members
from quarterdeck.hub.tasks import regularly

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.delivery.board import Board

EVERY = 2.0
"""Seconds between two looks for what died."""
SILENCE = 10_000_000
"""Microseconds without a sign of life after which a process of another machine counts as dead."""
FORGOTTEN = 24 * 3600 * 1_000_000
"""Microseconds after which nobody waits for a lost process any more."""
TOLD = ("done", "stopped", "failed", "interrupted")
"""The ends that a process tells of itself."""
_LEFT = {"interrupted": "interrupted", "stopped": "stopped", "done": "stopped"}
"""What becomes of jobs that are open in a process which was ended so."""


class Living:
    """A process that has jobs: what its own job said of it, when it was heard of, and which jobs run in it."""

    __slots__ = ("dead", "heard", "host", "jobs", "lost", "parent", "pid", "started")

    def __init__(self, heard: int) -> None:
        self.dead = False  # seen so, and given the time until the next look in which its parent may say why
        self.parent = ""
        self.pid = 0
        self.host = ""
        self.started = 0
        self.heard = heard
        self.lost: set[str] = set()
        self.jobs: set[str] = set()


class Jobs:
    """Looks whether processes of this machine live, and listens to those of others."""

    def __init__(self, board: Board, clock: Clock, machine: Machine | None = None) -> None:
        self._board = board
        self._clock = clock
        self._machine = machine or Machine()
        self._processes: dict[str, Living] = {}
        self._ends: list[Callable[[], object]] = []

    async def start(self) -> None:
        """Begin with what an earlier hub has left."""
        self._ends.append(self._board.listen("job", self._on_event))
        async for item in members(self._board, "job", "state = running"):
            self._note(item.topic)
        self._ends.append(regularly(EVERY, self.look, "jobs"))

    def stop(self) -> None:
        """Look no more."""
        for end in self._ends:
            end()

    def look(self) -> None:
        """Mark the jobs of processes that have died."""
        now = self._clock.now()
        for id, process in list(self._processes.items()):
            if process.jobs and self._is_dead(process, now):
                self._bury(id, process, now)
            elif not process.jobs and now - process.heard > FORGOTTEN:
                del self._processes[id]

    def _is_dead(self, process: Living, now: int) -> bool:
        if process.host == self._machine.name and process.pid:
            return not self._machine.lives(process.pid, process.started)
        return now - process.heard > SILENCE

    def _bury(self, id: str, process: Living, now: int) -> None:
        # Who ran it may have told how it ended, and could not know what was open in it.
        how = _LEFT.get(str(self._state(id).get("state")))
        if how is not None:
            self._end(id, process, now, how, "its program has ended")
            return
        if (asked := self._asked(id, process)) is not None:
            self._end(id, process, now, "stopped", f"stopped by {asked}" if asked else "somebody stopped it")
            return
        if process.parent and process.host == self._machine.name:
            if self._is_dismissed(process):
                state = "done" if process.jobs == {id} else "stopped"
                self._end(id, process, now, state, "its program ended it")
                return
            if not process.dead:
                process.dead = True
                return
        self._lose(id, process, now)

    def _asked(self, id: str, process: Living) -> str | None:
        """Who let it be stopped, which not every program can tell itself; None if nobody did."""
        if process.host != self._machine.name:
            return None
        asked = [found for job in (id, *sorted(process.jobs)) if (found := self._state(job).get("stopping"))]
        return str(asked[0].get("by") or "") if asked else None

    def _is_dismissed(self, process: Living) -> bool:
        values = self._state(process.parent)
        return str(process.pid) in (values.get("dismissed") or {}) or values.get("state") in TOLD

    def _state(self, job: str) -> dict[str, Any]:
        state = self._board.state(join("job", job))
        return state.values if state is not None else {}

    def _end(self, id: str, process: Living, now: int, state: str, reason: str) -> None:
        """It was ended, and whatever was still open in it."""
        ops: Event = [["set", "state", state], ["set", "reason", reason], ["set", "ended", now]]
        for job in sorted(process.jobs):
            self._board.publish(join("job", job), ops, name=f"job.{state}")
        self._processes.pop(id, None)

    def _lose(self, id: str, process: Living, now: int) -> None:
        where = "" if process.host == self._machine.name else f" on {process.host or 'its machine'}"
        why = f"{JOB.change('running', 'lost')}: process {process.pid}{where}"
        ops: Event = [["set", "state", "lost"], ["set", "reason", why], ["set", "ended", now]]
        for job in sorted(process.jobs):
            process.lost.add(job)
            self._board.publish(join("job", job), ops, name="job.lost")
        if process.host == self._machine.name:
            # The dead of this machine do not come back.
            self._processes.pop(id, None)

    def _on_event(self, topic: str, _ops: Said, name: str | None) -> None:
        # What has no name says how far a job is, and that ten times a second.
        if name is not None:
            self._note(topic)
        elif (process := self._processes.get(_id_of(topic))) is not None:
            process.heard = self._clock.now()
            self._find_again(process)

    def _find_again(self, process: Living) -> None:
        """It was silent, and is not any more: what ran in it still does, until it says otherwise."""
        for job in sorted(process.lost):
            reason = JOB.change("lost", "running")
            ops: Event = [["set", "state", "running"], ["set", "reason", reason], ["drop", "ended"]]
            self._board.publish(join("job", job), ops, name="job.found")

    def _note(self, topic: str) -> None:
        """Know the job's process, and whether the job runs."""
        state = self._board.state(topic)
        job = _id_of(topic)
        values = state.values if state is not None else {}
        owner = str(values.get("process") or job)
        process = self._processes.get(owner)
        if process is None:
            process = self._processes[owner] = Living(self._clock.now())
        if owner == job:
            process.pid, process.host = int(values.get("pid") or 0), str(values.get("host") or "")
            process.started, process.parent = int(values.get("started") or 0), str(values.get("parent") or "")
        if values.get("state") == "running":
            process.jobs.add(job)
        else:
            process.jobs.discard(job)
        if values.get("state") != "lost":
            process.lost.discard(job)
        if not process.jobs and not process.lost:
            self._processes.pop(owner, None)


def _id_of(topic: str) -> str:
    last = topic.rpartition("/")[2]
    return last if "%" not in last else split(last)[0]
