"""Profiles for a while: an admin asks, every process of the service samples, and what was known before begins anew."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import join, split
from quarterdeck.hub.peers import PROFILE
from quarterdeck.hub.services.levels import processes_of, service_of
from quarterdeck.kinds import kind_of
from quarterdeck.store.query import MAX_LIMIT, parse_query

if TYPE_CHECKING:
    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.calls import Calls
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.frames import Args
    from quarterdeck.hub.peers import Peer, Peers

SECONDS, LONGEST = 30, 600
MOST_NODES = 8000
"""A profile with more nodes, of many versions perhaps, begins anew."""
_SECOND = 1_000_000


class Profiling:
    """Answers the call ``profile`` of admins on services and endpoints."""

    def __init__(self, board: Board, calls: Calls, peers: Peers, clock: Clock) -> None:
        self._board = board
        self._calls = calls
        self._peers = peers
        self._clock = clock
        self._asked: dict[str, dict[str | None, int]] = {}
        """By service, until when each of its endpoints (None: all) is sampled."""

    def start(self) -> None:
        """Take these calls, and tell who says hello meanwhile."""
        self._calls.serve("service", self.answer, names=(PROFILE,))
        self._peers.listen(self._on_peer)
        self._board.listen("service", self._on_event)

    async def answer(self, topic: str, _name: str, args: Args, by: str | None) -> dict[str, Any]:
        """``profile``: for so many seconds, 30 if it does not say; how many processes were told.  Raises Refused."""
        service, endpoint = self._subject(topic)
        seconds = args.get("seconds", SECONDS)
        if type(seconds) is not int or not 1 <= seconds <= LONGEST:
            raise Refused("bad-args", f"seconds = {seconds!r} is no time", f"write a whole number from 1 to {LONGEST}")
        processes = list(processes_of(self._peers, service))
        if not processes:
            hint = "start the service, or ask it something: it connects with its first request"
            raise Refused("unclaimed", f"no process of {service} is connected", hint)
        self._board.end(await self._known(service, endpoint))
        now = self._clock.now()
        until = now + seconds * _SECOND
        asked = self._asked.setdefault(service, {})
        asked[endpoint] = until
        profiling = {"since": now, "until": until, "by": by}
        name = "service.profiled" if endpoint is None else "endpoint.profiled"
        self._board.publish(topic, [["set", "profiling", profiling]], name=name, by=by, data={"seconds": seconds})
        for peer, claim in processes:
            _send(peer, claim, endpoint, seconds)
        return {"until": until, "processes": len(processes)}

    def _subject(self, topic: str) -> tuple[str, str | None]:
        kind = kind_of(topic)
        if kind is None or kind.name not in ("service", "endpoint") or self._board.state(topic) is None:
            raise Refused("missing", f"there is no service or endpoint {topic}", "the page Services lists them all")
        _, service, *rest = split(topic)
        return service, rest[-1] if rest else None

    async def _known(self, service: str, endpoint: str | None) -> list[str]:
        if endpoint is not None:
            topic = join("service", service, "profile", endpoint)
            return [topic] if self._board.state(topic) is not None else []
        where = [f"service = {json.dumps(service)}"]
        page = await self._board.list(parse_query("profile", where=where, limit=MAX_LIMIT))
        return [item.topic for item in page.items]

    def _on_peer(self, peer: Peer, here: bool) -> None:
        """A process that starts meanwhile is sampled, too."""
        if not here:
            return
        now = self._clock.now()
        for claim in peer.claims:
            for endpoint, until in self._asked.get(service_of(claim) or "", {}).items():
                if until > now:
                    _send(peer, claim, endpoint, (until - now) / _SECOND)

    def _on_event(self, topic: str, ops: Said, _name: str | None) -> None:
        if "/profile/" not in topic or not any(op[0] == "put" for op in ops):
            return
        state = self._board.state(topic)
        if state is not None and len(state.values.get("nodes") or ()) > MOST_NODES:
            # Not at once: the event is still on its way.
            asyncio.get_running_loop().call_soon(self._board.end, [topic])


def _send(peer: Peer, claim: str, endpoint: str | None, seconds: float) -> None:
    """Tell a process; it begins anew if it is told twice."""
    args = {"endpoint": endpoint, "seconds": seconds}
    peer.send({"t": "call", "id": secrets.token_hex(10), "topic": claim, "name": PROFILE, "args": args})
