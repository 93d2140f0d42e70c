"""Stopping a job: its program is told to, which then gets what Ctrl-C gives it.  Who asked for it is an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import join, split
from quarterdeck.hub.calls import CallFailed
from quarterdeck.hub.peers import STOP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.calls import Calls
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.frames import Args
    from quarterdeck.hub.peers import Peers

# What is lost may only be out of hearing.
_GOING_ON = ("running", "lost")


class Stopping:
    """Answers the call ``stop`` on jobs."""

    def __init__(self, board: Board, calls: Calls, peers: Peers, clock: Clock) -> None:
        self._board = board
        self._calls = calls
        self._peers = peers
        self._clock = clock

    def start(self) -> None:
        """Take these calls; all others on jobs go to the programs that claim them."""
        self._calls.serve("job", self.answer, names=(STOP,))

    async def answer(self, topic: str, name: str, _args: Args, by: str | None) -> None:
        """Stop the job's program, whichever of its jobs is asked for; raises Refused and CallFailed."""
        state = self._board.state(topic)
        if state is None:
            raise Refused("missing", f"there is no job {topic}", "the page lists all jobs")
        _check(topic, state.values)
        program = self._program_of(topic, state.values)
        asked = dict.fromkeys((program, topic))
        now = self._clock.now()
        for each in asked:
            self._board.publish(each, [["set", "stopping", {"by": by, "at": now}]])
        self._board.publish(topic, [], name="job.stop_asked", by=by)
        try:
            await self._calls.call_peer(program, name, by=by)
        except CallFailed:
            for each in asked:
                self._board.publish(each, [["drop", "stopping"]])
            raise

    def _program_of(self, topic: str, values: Mapping[str, Any]) -> str:
        """Its own process, if that may be stopped alone: it was started by a program, and by `quarterdeck run`."""
        process, program = (join("job", str(values.get(each) or split(topic)[-1])) for each in ("process", "program"))
        return program if self._peers.owner(process) is None else process


def _check(topic: str, values: Mapping[str, Any]) -> None:
    state = values.get("state")
    if state not in _GOING_ON:
        raise Refused("conflict", f"{topic} has ended: it is {state}", "there is nothing left to stop")
    if values.get("stops") is not True:
        hint = "start it by `quarterdeck run`, or let it call install(stop=True)"
        raise Refused("conflict", f"the program of {topic} does not let itself be stopped from here", hint)
