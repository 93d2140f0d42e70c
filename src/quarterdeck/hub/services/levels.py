"""How closely each endpoint is looked at, where an admin chose it: kept, and told to every process of its service.

A process claims ``service/<service>/process/<process>``; it is told by a call there, all levels at once: when it says
hello, and whenever one changes.  So it learns them too if it starts later, or was offline.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import join, split
from quarterdeck.hub.peers import LEVEL
from quarterdeck.hub.tasks import Tasks
from quarterdeck.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.calls import Calls
    from quarterdeck.hub.committed import CommittedRecords
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.frames import Args
    from quarterdeck.hub.peers import Peer, Peers

RECORDS = "levels"
"""The records that keep them: by service, the levels by endpoint's name."""
TOLD = "levels"
"""The call that tells a process: {"at": when (microseconds; the latest holds), "levels": {endpoint's name: level}}."""
MOST = 3


class Levels:
    """Answers the call ``level`` of admins on endpoints."""

    def __init__(self, board: Board, calls: Calls, peers: Peers, records: CommittedRecords, clock: Clock) -> None:
        self._board = board
        self._calls = calls
        self._peers = peers
        self._records = records
        self._clock = clock
        self._chosen: dict[str, dict[str, int]] = {}
        self._telling = Tasks("levels")

    def start(self) -> None:
        """Take these calls, and tell who says hello from now on."""
        self._chosen = self._records.records(RECORDS)
        self._calls.serve("service", self.answer, names=(LEVEL,))
        self._peers.listen(self._on_peer)

    async def answer(self, topic: str, _name: str, args: Args, by: str | None) -> None:
        """``level``: 0 to 3 from now on, null for what the program itself says.  Raises Refused."""
        service, endpoint = self._endpoint(topic)
        level = args.get("level")
        if level is not None and (type(level) is not int or not 0 <= level <= MOST):
            raise Refused("bad-args", f"level = {level!r} is no level", "levels are 0 to 3; null is the program's own")
        chosen = self._chosen.setdefault(service, {})
        if level is None:
            chosen.pop(endpoint, None)
        else:
            chosen[endpoint] = level
        self._records.record(RECORDS, service, dict(chosen) or None)
        ops = [["drop", "level"]] if level is None else [["set", "level", level]]
        self._board.publish(topic, ops, name="endpoint.level_set", by=by, data={"level": level})
        self._telling.start(self._tell(service))

    def _endpoint(self, topic: str) -> tuple[str, str]:
        kind, state = kind_of(topic), self._board.state(topic)
        if kind is None or kind.name != "endpoint" or state is None:
            raise Refused("missing", f"there is no endpoint {topic}", "the page of its service lists all endpoints")
        _, service, _, endpoint = split(topic)
        return service, endpoint

    async def _tell(self, service: str) -> None:
        await self._board.committed()  # nobody is told what a crash could take back
        for peer, claim in processes_of(self._peers, service):
            self._send(peer, claim, service)

    def _on_peer(self, peer: Peer, here: bool) -> None:
        if here:
            for claim in peer.claims:
                if (service := service_of(claim)) is not None:
                    self._send(peer, claim, service)

    def _send(self, peer: Peer, claim: str, service: str) -> None:
        args = {"at": self._clock.now(), "levels": self._chosen.get(service, {})}
        # Nobody waits for the reply: what a peer has not taken is handed to it again, or told with its next hello.
        peer.send({"t": "call", "id": secrets.token_hex(10), "topic": claim, "name": TOLD, "args": args})


def service_of(claim: str) -> str | None:
    """The service whose process claims this; None if it is no such claim."""
    parts = split(claim)
    return parts[1] if len(parts) == 4 and (parts[0], parts[2]) == ("service", "process") else None


def processes_of(peers: Peers, service: str) -> Iterator[tuple[Peer, str]]:
    """The processes of a service that are connected, each with its claim."""
    prefix = join("service", service, "process") + "/"
    for peer in peers:
        for claim in peer.claims:
            if claim.startswith(prefix):
                yield peer, claim
