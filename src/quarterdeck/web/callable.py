"""Producers that are called over HTTP: calls wait here until a request of theirs takes them along."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quarterdeck.hub.streams import bound

if TYPE_CHECKING:
    from quarterdeck.hub.frames import Frame
    from quarterdeck.hub.peers import Peers, Rights


AGAIN = 5.0
"""Seconds after which a call that was handed over and not answered is handed over again: the answer may be lost."""
FORGET = 60.0
"""Seconds without a request after which a producer counts as gone."""
MOST_CALLS = 100
MOST_PEERS = 2000
"""Of more, the one that has not come by for longest counts as gone."""


class CallablePeer:
    """A producer that comes by; see ``hub.peers.Peer``."""

    def __init__(self, id: str, account: str, rights: Rights) -> None:
        self.id = id
        self.account: str | None = account
        self.name = ""
        self.rights = rights
        self.claims: tuple[str, ...] = ()
        self.refused: list[dict[str, str]] = []
        self.hello: Frame = {}
        self.seen = 0.0
        self.gone = False
        self._calls: dict[str, tuple[Frame, float]] = {}
        self._called = asyncio.Event()

    def send(self, frame: Frame) -> None:
        """Keep a call until it is taken; of very many the oldest go, and run into their deadline."""
        self._calls[frame["id"]] = (frame, 0.0)
        if len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]
        self._called.set()

    def answered(self, id: str) -> None:
        """A reply has come."""
        self._calls.pop(id, None)

    def take(self) -> list[Frame]:
        """The calls that have yet to reach the producer."""
        now = asyncio.get_running_loop().time()
        due = [frame for frame, handed in self._calls.values() if now - handed >= AGAIN]
        self._calls.update({frame["id"]: (frame, now) for frame in due})
        self._called.clear()
        return due

    async def called(self) -> None:
        """Return when there is a new call."""
        await self._called.wait()


class CallablePeers:
    """The producers that have come by lately."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._known: dict[str, CallablePeer] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def greet(self, stream: str, hello: Frame, account: str, rights: Rights) -> CallablePeer:
        """The producer of the account's stream, with what its hello says now; raises Refused."""
        loop, id = asyncio.get_running_loop(), bound(stream, account)
        known = id in self._known
        peer = self._known.pop(id, None) or CallablePeer(id, account, rights)
        peer.seen, peer.gone, peer.rights = loop.time(), False, rights
        claims, peer.refused = self._peers.granted(hello.get("claims") or (), rights, account)
        # The rest of its hello is for the hub's own workers, who come by the unix socket.
        peer.name = hello.get("name") or peer.name
        self._known[id] = peer
        if len(self._known) > MOST_PEERS:
            self._peers.remove(self._known.pop(next(iter(self._known))))
        if not known or (claims and claims != peer.claims):
            peer.claims = claims
            self._peers.add(peer)
        if self._sweep is None:
            self._sweep = loop.call_later(FORGET, self._forget)
        return peer

    def _forget(self) -> None:
        loop = asyncio.get_running_loop()
        for id, peer in list(self._known.items()):
            if loop.time() - peer.seen >= FORGET:
                del self._known[id]
                self._peers.remove(peer)
        self._sweep = loop.call_later(FORGET, self._forget) if self._known else None
