"""Runs as topics: their ids, their births, the ends that only the hub can tell, and how many are kept."""

from __future__ import annotations

import random
import socket
from typing import TYPE_CHECKING, Any

from quarterdeck.core.begin import Begun
from quarterdeck.core.lifecycle import NEW, RUN
from quarterdeck.core.ops import sets
from quarterdeck.core.topics import join, new_id
from quarterdeck.hub.members import members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.frames import Values
    from quarterdeck.hub.schedules.turns import Turn
    from quarterdeck.hub.scripts.needs import Board, Records
    from quarterdeck.store.contract import Stored


TRACE = ("traceback", "frames")


def name_run(now: int) -> str:
    """A new id, which sorts by time."""
    return new_id(now, random.getrandbits(45))


def topic_of(run: str) -> str:
    """The topic of a run."""
    return join("run", run)


def state_of(said: Said) -> str | None:
    """The state that an event brings a run into; None if it says nothing of it."""
    if isinstance(said, Begun):
        return said.scalars.get("state")
    for op in reversed(said):
        if op[0] == "set" and op[1] == "state":
            return str(op[2])
    return None


class Runs:
    """Writes runs on the board."""

    def __init__(self, board: Board, records: Records, clock: Clock) -> None:
        self._board = board
        self._records = records
        self._clock = clock
        self._host = socket.gethostname()

    def queue(self, turn: Turn, version: str | None) -> None:
        """The turn has to wait, or somebody wants to watch it from the beginning."""
        if turn.born:
            return
        ops = sets(state="waiting", reason=RUN.change(NEW, "waiting")) + sets(version=version, **self.birth(turn))
        self._board.publish(topic_of(turn.run), ops, name="run.queued", by=turn.by, data=_data(turn))
        turn.born = True

    def birth(self, turn: Turn) -> Values:
        """What the hub says of a run: it stands before the first thing that its worker tells."""
        fields = {
            "script": turn.script,
            "hook": turn.hook,
            "cause": turn.cause,
            "due": turn.due,
            "host": self._host,
        }
        if rare := turn.rare():
            fields.update(rare)
        if turn.retry_of:
            fields["attempt"] = turn.attempt
        return fields

    def started(self, turn: Turn) -> None:
        """The worker has told that the run goes on. Who asked for it did so when it was queued, and did no more."""
        self._board.publish(topic_of(turn.run), [], name="run.started", data=_data(turn))

    def amend(self, turn: Turn) -> None:
        """The turn still waits, and somebody has given it other arguments."""
        self._board.publish(topic_of(turn.run), sets(args=turn.args, by=turn.by), by=turn.by)

    def end(
        self,
        run: str,
        state: str,
        reason: str,
        by: str | None = None,
        *,
        error: str = "",
        hint: str = "",
        left: Mapping[str, Any] | None = None,
        turn: Turn | None = None,
    ) -> None:
        """End a run whose worker cannot tell it (lost, cancelled, failed by a limit); nothing if it has ended.

        ``error`` is the type of a failed one's error, ``hint`` the mend; ``left``: further fields, from what its worker
        left in files; ``turn``: for a run that has no topic yet.
        """
        values = self.values(run)
        before = values.get("state", NEW)
        if not RUN.allows(before, state) or (before == NEW and turn is None):
            return
        now = self._clock.now()
        started = (left or {}).get("started", values.get("started"))
        who = {"script": values.get("script"), "hook": values.get("hook")}
        duration = max(0, now - started) if isinstance(started, int) else 0
        ops = []
        if turn is not None:
            who = {"script": turn.script, "hook": turn.hook}
            ops += sets(**self.birth(turn)) if before == NEW else []
        if turn is not None and isinstance(started, int) and "late" not in values:
            ops += sets(late=max(0, started - turn.due))
        # Why it was ended is known, unless it is lost: the trace of its process tells nothing more.
        told = {field: value for field, value in (left or {}).items() if state == "lost" or field not in TRACE}
        ops += sets(state=state, reason=reason, ended=now, duration=duration, **told)
        if hint:
            ops += sets(hint=hint)
        if error:
            ops += sets(error={"type": error, "message": reason})
        self._board.publish(
            topic_of(run),
            ops,
            name=f"run.{state}",
            by=by,
            data={**who, "reason": reason},
        )

    def values(self, run: str) -> Values:
        """The values of a run's topic; empty if there is none."""
        state = self._board.state(topic_of(run))
        return dict(state.values) if state else {}

    async def unfinished(self) -> list[Stored]:
        """The runs of scripts that an earlier hub left waiting or running."""
        found: list[Stored] = []
        for state in ("waiting", "running"):
            found += [
                item
                async for item in members(self._board, "run", f"state = {state}")
                if item.state.values.get("script")
            ]
        return found


def _data(turn: Turn) -> dict[str, Any]:
    return {"script": turn.script, "hook": turn.hook, "cause": turn.cause, "due": turn.due}
