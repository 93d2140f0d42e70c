"""The data of a producer's named event is bounded like every other value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.hub.conftest import StillClock

from quarterdeck.hub.commits import Commits
from quarterdeck.hub.delivery.board import Board
from quarterdeck.hub.peers import ADMIN
from quarterdeck.hub.streams import Streams
from quarterdeck.store.memory import MemoryStore


@pytest.mark.parametrize("data", ["x" * 70_000, 2**60, json.loads("[" * 40 + "]" * 40)])
async def test_what_no_store_could_keep_is_refused(data: Any) -> None:
    store, clock = MemoryStore(), StillClock()
    commits = Commits(store, clock)
    board = Board(store, commits, clock.now)
    patch = {"t": "patch", "topic": "lab/a", "ops": [["set", "x", 1]], "name": "lab.measured", "data": data}
    good = {**patch, "topic": "lab/b", "data": {"n": 1}}
    answer = Streams(board, store, commits).accept("s", 1, [patch, good], ADMIN)
    await commits.close()
    assert [refusal["topic"] for refusal in answer["refused"]] == ["lab/a"]
    assert [(event.topic, event.data) for event in store.events()] == [("lab/b", {"n": 1})]
    assert board.state("lab/a") is None
