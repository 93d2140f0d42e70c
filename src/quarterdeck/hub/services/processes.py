"""The processes of services that died without a word: killed, or with their machine.  Their entries go.

A process claims a topic of its own for as long as it lives; on this machine its pid says at once that it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.topics import join
from quarterdeck.hub.machine import Machine
from quarterdeck.hub.members import members
from quarterdeck.hub.tasks import regularly

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.peers import Peers

EVERY = 5.0
"""Seconds between two looks."""
SILENCE = 120.0
"""Seconds after which a process of another machine that nobody hears of counts as gone."""


class Processes:
    """Looks whether processes of this machine live, and whether those of others are connected."""

    def __init__(self, board: Board, peers: Peers, clock: Clock, machine: Machine | None = None) -> None:
        self._board = board
        self._peers = peers
        self._clock = clock
        self._machine = machine or Machine()
        self._services: set[str] = set()  # topics of those that have processes
        self._silent: dict[tuple[str, str], float] = {}  # since when a process was not heard of
        self._ends: list[Callable[[], object]] = []

    async def start(self) -> None:
        """Begin with what an earlier hub has left."""
        self._ends.append(self._board.listen("service", self._on_event))
        async for item in members(self._board, "service"):
            if item.state.values.get("processes"):
                self._services.add(item.topic)
        self._ends.append(regularly(EVERY, self.look, "processes"))

    def stop(self) -> None:
        """Look no more."""
        for end in self._ends:
            end()

    def look(self) -> None:
        """Let the entries of those go that have died."""
        claimed = {claim for peer in self._peers if not peer.gone for claim in peer.claims}
        for topic in sorted(self._services):
            state = self._board.state(topic)
            entries: dict[str, Any] = (state.values.get("processes") or {}) if state is not None else {}
            if not entries:
                self._services.discard(topic)
            self._forget(topic, entries)
            gone = [key for key, entry in entries.items() if self._is_gone(topic, key, entry, claimed)]
            if gone:
                self._board.publish(topic, [["drop", "processes", key] for key in gone])

    def _is_gone(self, topic: str, key: str, entry: Any, claimed: set[str]) -> bool:
        if f"{topic}/{join('process', key)}" in claimed:
            self._silent.pop((topic, key), None)
            return False
        host, pid, since = (entry.get(field) if isinstance(entry, dict) else None for field in ("host", "pid", "since"))
        if host == self._machine.name and type(pid) is int and type(since) is int:
            return not self._machine.lives(pid, since)
        now = self._clock.monotonic()
        gone = now - self._silent.setdefault((topic, key), now) > SILENCE
        if gone:
            del self._silent[topic, key]
        return gone

    def _forget(self, topic: str, entries: dict[str, Any]) -> None:
        """Those that said themselves that they ended are not waited for."""
        for place in [place for place in self._silent if place[0] == topic and place[1] not in entries]:
            del self._silent[place]

    def _on_event(self, topic: str, ops: Said, _name: str | None) -> None:
        if topic.count("/") == 1 and any(op[0] == "put" for op in ops):
            self._services.add(topic)
