"""Stores against the fold: whatever was accepted, however it was merged and cut into commits, they know the same."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.many import many
from tests.store.conftest import commit_of

from quarterdeck.core.fold import TopicState
from quarterdeck.core.merge import Pending
from quarterdeck.core.series import MINUTE_US
from quarterdeck.store.contract import MINUTES, Commit, Store, StoreError
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.query import parse_query
from quarterdeck.store.sqlite import SqliteStore
from quarterdeck.testing.histories import Histories

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "spec" / "ops.json").read_text("utf-8"))
START = random.SystemRandom().randrange(10**9)
EVER = (-(10**9), 10**9)
# Minutes at which commits are made: before, among and long after those of the recorded cells.
NOWS = (0, 3, 1_790_000_000 // 60 + 5)


class BigHistories(Histories):
    """Now and then a text that a store keeps apart."""

    def value(self, depth: int = 3) -> Any:
        return "x" * 5000 if self.rnd.random() < 0.1 else super().value(depth)


def everything_moves(monkeypatch: pytest.MonkeyPatch, really: bool) -> None:
    """Let SQLite write beside its row whatever changes, however short the row is."""
    if really:
        monkeypatch.setattr("quarterdeck.store.sqlite.moving.LONG", 0)
        monkeypatch.setattr("quarterdeck.store.sqlite.moving._SHARE", 0)


def told(state: TopicState | None) -> str:
    """The state as text: true is not 1 and -0.0 not 0 there."""
    known = state or TopicState()
    return json.dumps([known.values, known.types], sort_keys=True)


def all_cells(store: Store, topic: str) -> dict[Any, Any]:
    fields = [*Histories(0).fields]
    found = {(field, span): store.cells(topic, field, span, *EVER) for field in fields for span in MINUTES}
    return {place: cells for place, cells in found.items() if cells}


@pytest.mark.long
@pytest.mark.parametrize("number", many(16))
def test_stores_equal_the_fold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    seed = START + number
    everything_moves(monkeypatch, number % 2 == 0)
    histories = BigHistories(seed)
    dice = histories.rnd
    memory, sqlite = MemoryStore(), SqliteStore(tmp_path / "deck.db")
    states = {topic: TopicState() for topic in ("a", "b")}
    for _ in range(40):
        merged = {topic: Pending() for topic in states}
        plain: dict[str, list[Any]] = {topic: [] for topic in states}
        for _ in range(dice.randint(1, 6)):
            topic = dice.choice(list(states))
            for event in histories.accepted(states[topic], 1):
                merged[topic].merge(event)
                plain[topic] += event
        memory.commit(commit_of(plain))
        commit = commit_of({topic: pending.take() for topic, pending in merged.items()})
        commit.at = dice.choice(NOWS) * MINUTE_US
        sqlite.commit(commit)
        if dice.random() < 0.1:
            sqlite.close()
            sqlite = SqliteStore(tmp_path / "deck.db")
        for topic, state in states.items():
            assert told(memory.load(topic)) == told(sqlite.load(topic)) == told(state), f"seed {seed}"
            assert all_cells(memory, topic) == all_cells(sqlite, topic), f"seed {seed}"
    sqlite.close()


def test_stores_pass_the_vectors_of_the_fold(store: Store) -> None:
    histories = {f"a/{number}": taken_events(vector) for number, vector in enumerate(VECTORS)}
    store.commit(commit_of({topic: births(vector["start"]) for topic, vector in zip(histories, VECTORS, strict=True)}))
    for turn in range(max(map(len, histories.values()))):
        store.commit(commit_of({topic: events[turn] for topic, events in histories.items() if turn < len(events)}))
    merged = {f"b/{number}": births(vector["start"]) + vector["merged"] for number, vector in enumerate(VECTORS)}
    store.commit(commit_of(merged))
    for number, vector in enumerate(VECTORS):
        want = TopicState(vector["want"]["values"], vector["want"]["types"])
        for topic in (f"a/{number}", f"b/{number}"):
            assert told(store.load(topic)) == told(want)
            for field, cells in vector["want"]["cells"].items():
                assert store.cells(topic, field, "minute", *EVER) == {int(at): cell for at, cell in cells.items()}


def taken_events(vector: dict[str, Any]) -> list[Any]:
    return [event for event, taken in zip(vector["events"], vector["accepted"], strict=True) if taken]


@pytest.mark.long
@pytest.mark.parametrize("number", many(3))
def test_a_commit_that_is_cut_off_anywhere_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    seed = START + number
    everything_moves(monkeypatch, number % 2 == 0)
    histories = BigHistories(seed)
    memory, sqlite = MemoryStore(), SqliteStore(tmp_path / "deck.db")
    states, cut = {topic: TopicState() for topic in ("a", "b")}, Cut(sqlite)
    for turn in range(25):
        before = known(sqlite, states)
        events = {
            topic: [op for event in histories.accepted(state, 2) for op in event] for topic, state in states.items()
        }
        memory.commit(commit_of(events))
        commit = commit_of(events)
        commit.id, commit.at, commit.streams = str(turn), histories.rnd.choice(NOWS) * MINUTE_US, {"s": (turn, "")}
        # The end of COMMIT may be cut off when it is done already: then the same commit again has no effect.
        while cut.short(commit):
            assert known(sqlite, states) in (before, known(memory, states)), f"seed {seed}"
        assert known(sqlite, states) == known(memory, states), f"seed {seed}"
    assert cut.times > 25
    sqlite.close()


def known(store: Store, topics: Iterable[str]) -> dict[str, Any]:
    return {topic: (told(store.load(topic)), all_cells(store, topic)) for topic in topics}


class Cut:
    """Interrupts commits later and later, until one gets through."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.times = self.limit = self.steps = 0

    def short(self, commit: Commit) -> bool:
        """Whether the commit was interrupted."""
        self.steps, self.limit = 0, self.limit * 2 + 1
        self.store._writer.connection.set_progress_handler(self._step, 3)
        try:
            self.store.commit(commit)
        except StoreError:
            self.times += 1
            return True
        finally:
            self.store._writer.connection.set_progress_handler(None, 0)
        self.limit = 0
        return False

    def _step(self) -> int:
        self.steps += 1
        return self.steps > self.limit


def births(start: dict[str, Any]) -> list[list[Any]]:
    """Operations that make the state with which a vector begins."""
    made: list[list[Any]] = []
    empty: dict[str, Any] = {
        "list": ["push", []],
        "map": ["put", {}],
        "counters": ["add", {}],
        "series": ["record", {}],
        "blob": ["set", None],
    }
    for field, (kind, *parameter) in start["types"].items():
        if kind != "scalar":
            verb, nothing = empty[kind]
            more = parameter or ([kind] if kind == "blob" else [])
            made += [[verb, field, nothing, *more], ["drop", field]]
        else:
            made += [["set", field, None], ["drop", field]]
    made += [["set", field, value] for field, value in start["values"].items()]
    return made + [["set", field, cells] for field, cells in start["cells"].items()]


@pytest.mark.parametrize("seed", range(4))
def test_a_page_shows_what_load_shows(store: Store, seed: int) -> None:
    histories = BigHistories(seed)
    for topic in "abcde":
        store.commit(commit_of({topic: [op for event in histories.accepted(TopicState(), 9) for op in event]}))
    for item in store.topics(parse_query()).items:
        assert told(item.state) == told(store.load(item.topic))
