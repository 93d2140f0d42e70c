"""The topic ``deck``: what the overview counts, derived from scripts and runs as they change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.ops import sets
from quarterdeck.hub.failing_programs import FailingPrograms
from quarterdeck.hub.members import members
from quarterdeck.hub.scripts.topics.run_topics import state_of
from quarterdeck.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.core.fold import TopicState
    from quarterdeck.hub.deck import Deck
    from quarterdeck.hub.delivery.board import Board

TOPIC = "deck"
ENDED = 50
PACE = 0.25
"""Seconds between two events of runs that ended."""


class Overview:
    """Counts scripts by what they do; keeps the latest ends of runs."""

    def __init__(self, board: Board, clock: Clock, deck: Deck) -> None:
        self._board = board
        self._clock = clock
        self._deck = deck
        self._scripts: dict[str, tuple[str, bool]] = {}
        self._said: dict[str, int] = {}
        self._ended: list[str] = []  # topics of runs, lately
        self._told_at = 0.0
        self._stops: list[Callable[[], None]] = []
        self._programs = FailingPrograms(board, clock)

    async def start(self) -> None:
        """Say what the deck is, and begin to count, with what an earlier hub has left: it may stay quiet for long."""
        zone, now = self._deck.settings.zone.key, self._clock.now()
        fields = {"name": self._deck.name, "tz": zone, "version": __version__, "started": now}
        self._board.publish(TOPIC, sets(**fields))
        self._stops = [
            self._board.listen("script", lambda topic, ops, name: self._on_script(topic)),
            self._board.listen("run", lambda topic, ops, name: self._on_run(topic, ops)),
        ]
        self._programs.start()
        async for item in members(self._board, "script"):
            self._note(item.topic, item.state)
        self._tell()

    def stop(self) -> None:
        """Count no more."""
        self._programs.stop()
        for stop in self._stops:
            stop()

    def _on_script(self, topic: str) -> None:
        if topic.count("/") != 1:
            return
        state = self._board.state(topic)
        self._note(topic, state)
        self._tell()

    def _note(self, topic: str, state: TopicState | None) -> None:
        if state is None:
            self._scripts.pop(topic, None)
        else:
            self._scripts[topic] = (str(state.values.get("state")), bool(state.values.get("attention")))

    def _tell(self) -> None:
        states = [state for state, _ in self._scripts.values()]
        counts = {
            "scripts": len(states),
            "running": states.count("running"),
            "waiting": states.count("waiting"),
            "failing": sum(state == "broken" or failed for state, failed in self._scripts.values()),
        }
        changed = [["set", name, count] for name, count in counts.items() if self._said.get(name) != count]
        self._said = counts
        if changed:
            self._board.publish(TOPIC, changed)

    def _on_run(self, topic: str, ops: Said) -> None:
        if state_of(ops) not in END_STATES:
            return
        if not self._ended:
            loop, due = asyncio.get_running_loop(), self._told_at + PACE
            _ = loop.call_at(due, self._tell_ended) if due > loop.time() else loop.call_soon(self._tell_ended)
        self._ended.append(topic)

    def _tell_ended(self) -> None:
        """All runs that ended since the last time are one event, at once after quiet."""
        self._told_at = asyncio.get_running_loop().time()
        topics, self._ended = self._ended, []
        ended = [line for topic in topics[-ENDED:] if (line := self._line_of(topic)) is not None]
        if ended:
            self._board.publish(TOPIC, [["push", "ended", ended, ENDED]])

    def _line_of(self, topic: str) -> list[Any] | None:
        state = self._board.state(topic)
        values = {} if state is None else state.values
        fields = ("script", "state", "duration", "ended")
        return None if state is None else [topic, *map(values.get, fields)]
