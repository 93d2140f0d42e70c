"""A watcher as a page is one: it knows what it is told, folds it, comes and goes, and resumes from what it has seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.series import apply_cells
from quarterdeck.core.topics import is_under
from quarterdeck.sdk.lines import encode_line
from quarterdeck.testing.stepping import Connection

if TYPE_CHECKING:
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.peers import Rights

Cells = dict[str, dict[str, Any]]


class Follower:
    """``states`` and ``cells`` hold what it knows, by topic; ``window`` (minutes, 0 for none) goes with each watch.

    ``faults`` are breaches of the protocol by the hub.
    """

    def __init__(self, rights: Rights, window: int = 0) -> None:
        self.window = window
        self.states: dict[str, TopicState] = {}
        self.cells: dict[str, Cells] = {}
        self.watches: dict[str, dict[str, Any]] = {}
        self.connection: Connection | None = None
        self.resumed = 0
        self.received = 0
        self.faults: list[str] = []
        self._rights = rights
        self._seqs: dict[str, int] = {}
        self._begun: set[str] = set()
        self._epoch = ""
        self._seen = -1
        self._ids = 0

    def watch(self, **wanted: Any) -> None:
        """Watch ``topics=[...]`` or ``prefix=...`` from now on."""
        self._ids += 1
        self.watches[f"w{self._ids}"] = wanted
        if self.connection is not None:
            self._ask(f"w{self._ids}", {})

    def unwatch(self, watch_id: str) -> None:
        """Stop, and forget what no other watch covers."""
        del self.watches[watch_id]
        self._begun.discard(watch_id)
        if self.connection is not None:
            self.connection.say(encode_line({"t": "unwatch", "id": watch_id}))
        for topic in [topic for topic in self.states if not self.covers(topic)]:
            self._forget(topic)

    def connect(self, hub: Exchange) -> None:
        """Come back: go on from what was seen if it is the same hub, else begin anew."""
        resume: dict[str, Any] = {}
        if hub.board.epoch == self._epoch and self.watches.keys() <= self._begun:
            resume = {"epoch": self._epoch, "after": self._seen}
            self.resumed += 1
        else:
            for known in (self.states, self.cells, self._seqs, self._begun):
                known.clear()
            self._seen = -1
        self._epoch = hub.board.epoch
        self.connection = Connection(hub, self._rights, self._take)
        for watch_id in self.watches:
            self._ask(watch_id, resume)

    async def leave(self) -> None:
        """The connection breaks."""
        connection, self.connection = self.connection, None
        if connection is not None:
            await connection.cut()

    def covers(self, topic: str) -> bool:
        """Whether it watches the topic."""
        return any(
            topic in wanted.get("topics", ()) or ("prefix" in wanted and is_under(topic, wanted["prefix"]))
            for wanted in self.watches.values()
        )

    def _ask(self, watch_id: str, resume: dict[str, Any]) -> None:
        assert self.connection is not None
        frame = {"t": "watch", "id": watch_id, **self.watches[watch_id], **resume}
        if self.window:
            frame["window"] = self.window
        self.connection.say(encode_line(frame))

    def _take(self, text: str) -> None:
        self.received += 1
        for line in text.split("\n"):
            frame = json.loads(line)
            if frame["t"] == "snapshot":
                self._snapshot(frame)
            elif frame["t"] == "patch":
                self._patch(frame)
            elif frame["t"] == "reply":
                if "error" in frame:
                    self.faults.append(line)
                else:
                    self._begun.add(frame["id"])
            self._seen = max(self._seen, frame.get("seq", -1))

    def _snapshot(self, frame: dict[str, Any]) -> None:
        topic = frame["topic"]
        self._forget(topic)
        self._seqs[topic] = frame["seq"]
        if self.covers(topic) and not frame.get("missing"):
            self.states[topic] = TopicState(frame["state"], frame["types"])
            self.cells[topic] = frame.get("cells") or {}

    def _patch(self, frame: dict[str, Any]) -> None:
        topic, seq = frame["topic"], frame["seq"]
        if not self.covers(topic):
            # It was on its way when the watch ended.
            return
        if seq <= self._seqs.get(topic, -1):
            self.faults.append(f"batch {seq} of {topic} came twice")
        self._seqs[topic] = seq
        state = self.states.setdefault(topic, TopicState())
        fold(state, frame["ops"])
        apply_cells(self.cells.setdefault(topic, {}), frame["ops"])
        if not state.types:
            self._forget(topic)

    def _forget(self, topic: str) -> None:
        self.states.pop(topic, None)
        self.cells.pop(topic, None)
        self._seqs.pop(topic, None)
