"""Keeps the users and addresses of services bounded: of very many only the busiest stay by name.

Ordinary operations do it, so that fold, stores and watchers agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.kinds import kind_of
from quarterdeck.kinds.service import CALLERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quarterdeck.core.begin import Said
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.delivery.board import Board

MOST = 1000
"""Keys of a topic from which on it is trimmed."""
STAY = 500
OTHER = "other"
"""Counts all who have no name of their own."""


class TrimmedCallers:
    """Trims topics of callers as they grow."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._stop: Callable[[], None] | None = None

    def start(self) -> None:
        """From now on."""
        self._stop = self._board.listen("service", self._on_event)

    def stop(self) -> None:
        """Look no more."""
        if self._stop is not None:
            self._stop()

    def _on_event(self, topic: str, _ops: Said, _name: str | None) -> None:
        if "/callers/" not in topic or kind_of(topic) is not CALLERS:
            return
        state = self._board.state(topic)
        if state is None:
            return
        ops = [op for field in ("users", "ips") for op in trimmed(field, state.values)]
        if ops:
            self._board.publish(topic, ops)


def trimmed(field: str, values: Mapping[str, dict[str, int]]) -> Event:
    """What brings a field, and the time that belongs to it, back to the busiest; nothing if they are few enough."""
    requests, times = values.get(field) or {}, values.get(f"{field}_us") or {}
    if len(requests) <= MOST:
        return []
    stay = sorted(requests.keys() - {OTHER}, key=lambda key: (-requests[key], key))[:STAY]
    return [["set", name, _of(stay, counts)] for name, counts in ((field, requests), (f"{field}_us", times))]


def _of(stay: list[str], counts: Mapping[str, int]) -> dict[str, int]:
    kept = {key: counts.get(key, 0) for key in stay}
    return {**kept, OTHER: sum(counts.values()) - sum(kept.values())}
