"""Programs that need attention: those that failed or were lost, until one of the same name goes well, or for some days.

A script has a topic of its own that says whether it needs attention; a program ends, and its next try is another job.
So the hub keeps those to be looked at: the map ``failing`` of the topic ``hub``, which every page follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.topics import join
from quarterdeck.hub.tasks import regularly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.delivery.board import Board

TOPIC, FIELD = "hub", "failing"
BAD = ("failed", "lost")
MOST = 50
DAYS = 3
"""For so long a program that nobody starts again stands there: over a weekend."""
_LONGEST = 200
_EVERY = 600.0
_DAY = 24 * 3600 * 1_000_000


class FailingPrograms:
    """Follows how programs end.  Those in runs of scripts are the scripts' own matter."""

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._known: dict[str, dict[str, Any]] = {}  # by the id of the job, the oldest first
        self._ends: list[Callable[[], object]] = []

    def start(self) -> None:
        """Go on with what an earlier hub has left."""
        state = self._board.state(TOPIC)
        left = state.values.get(FIELD) if state is not None else None
        self._known = dict(sorted((left or {}).items(), key=lambda item: int(item[1]["ended"])))
        if left is None:
            self._board.publish(TOPIC, [["put", FIELD, {}]])
        self.look()
        self._ends = [self._board.listen("job", self._on_event), regularly(_EVERY, self.look, "failing programs")]

    def stop(self) -> None:
        """Follow no more."""
        for end in self._ends:
            end()

    def look(self) -> None:
        """Forget what is long ago, and what has been cleared away meanwhile."""
        since = self._clock.now() - DAYS * _DAY
        self._forget(
            id for id, one in self._known.items() if one["ended"] < since or self._board.state(join("job", id)) is None
        )

    def _on_event(self, topic: str, ops: Said, name: str | None) -> None:
        id = topic.rpartition("/")[2]
        if name in ("job.failed", "job.lost"):
            self._note(id)
        # Loops that end well are many, and where nothing is wrong none of them is looked at.
        elif self._known and (name == "job.done" or id in self._known):
            self._on_good(id)

    def _note(self, id: str) -> None:
        values = self._values(id)
        if values.get("role") != "program" or values.get("run") or values.get("state") not in BAD:
            return
        self._forget(self._alike(values))
        self._forget(list(self._known)[: max(0, len(self._known) + 1 - MOST)])
        self._known[id] = _told(values)
        self._board.publish(TOPIC, [["put", FIELD, {id: self._known[id]}]])

    def _on_good(self, id: str) -> None:
        values = self._values(id)
        if id in self._known and values.get("state") not in BAD:  # heard of again, or cleared away
            self._forget([id])
        if values.get("state") == "done" and values.get("role") == "program":
            self._forget(self._alike(values))

    def _alike(self, values: dict[str, Any]) -> list[str]:
        """Those of the same name on the same machine that began before this one."""
        name, host, started = values.get("name"), values.get("host"), values.get("started") or 0
        known = self._known.items()
        return [id for id, one in known if (one["name"], one["host"]) == (name, host) and one["started"] <= started]

    def _forget(self, ids: Iterable[str]) -> None:
        gone = [id for id in ids if id in self._known]
        for id in gone:
            del self._known[id]
        if gone:
            self._board.publish(TOPIC, [["drop", FIELD, id] for id in gone])

    def _values(self, id: str) -> dict[str, Any]:
        state = self._board.state(join("job", id))
        return state.values if state is not None else {}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    error = values.get("error") or {}
    why = ": ".join(str(part) for part in (error.get("type"), error.get("message")) if part)
    return {
        "name": values.get("name"),
        "host": values.get("host"),
        "state": values["state"],
        "started": values.get("started") or 0,
        "ended": values.get("ended") or values.get("started") or 0,
        "why": (why or str(values.get("reason") or "")).split("\n", 1)[0][:_LONGEST],
    }
