"""SQLite against the fold: whatever sequence of accepted events, however it is cut into commits, both know the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.store.conftest import commit_of

from quarterdeck.core.fold import TopicState, apply, check
from quarterdeck.core.merge import Pending
from quarterdeck.core.ops import Refused
from quarterdeck.core.series import MINUTE_US, cell_of
from quarterdeck.store.contract import MINUTES, Store
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.query import parse_query
from quarterdeck.store.sqlite import SqliteStore

FIELDS = ["f", "g", "__proto__", "", "10"]
KEYS = ["k", "__proto__", "constructor", "10", ""]
VALUES = [None, True, 0, -1.5, 2**53, "", "x" * 5000, [], {}, [1, [2]], {"": {"k": 1}}, "é", 1e300]


def operation(dice: random.Random) -> list[Any]:
    field, cap = dice.choice(FIELDS), dice.choice([0, 1, 2, 3, 10, 10])
    makers: list[Callable[[], list[Any]]] = [
        lambda: ["set", field, dice.choice([dice.choice(VALUES), items(dice), amounts(dice), recorded(dice)])],
        lambda: ["put", field, {key: dice.choice(VALUES) for key in some(dice, KEYS)}],
        lambda: ["add", field, amounts(dice)],
        lambda: ["push", field, items(dice), cap],
        lambda: ["record", field, recorded(dice), 0.001],
        lambda: ["drop", field],
        lambda: ["drop", field, dice.choice(KEYS)],
        lambda: ["drop"],
    ]
    return dice.choices(makers, [3, 3, 3, 6, 3, 2, 2, 1])[0]()


def some(dice: random.Random, what: list[str]) -> list[str]:
    return dice.sample(what, dice.randint(0, len(what)))


def items(dice: random.Random) -> list[Any]:
    return [dice.choice(VALUES) for _ in range(dice.randint(0, 5))]


def amounts(dice: random.Random) -> dict[str, int]:
    return {key: dice.choice([1, -1, 2**52, -(2**52), 0]) for key in some(dice, KEYS)}


def recorded(dice: random.Random) -> dict[str, Any]:
    minutes = [dice.randint(0, 3000) for _ in range(dice.randint(0, 3))]
    return {str(minute): cell_of(dice.choice([0, 1, -1, 10**20, -7]), minute * 60_000_000) for minute in minutes}


def accepted(dice: random.Random, state: TopicState) -> list[list[Any]]:
    """An event that fits the state, already applied to it."""
    while True:
        event = [operation(dice) for _ in range(dice.randint(1, 4))]
        try:
            check(state, event)
        except Refused:
            continue
        apply(state, event)
        return event


def same_cells(one: Store, other: Store, topic: str) -> bool:
    places = [(field, span) for field in FIELDS for span in MINUTES]
    return all(one.cells(topic, *place, -9999, 9999) == other.cells(topic, *place, -9999, 9999) for place in places)


@pytest.mark.parametrize("seed", range(12))
def test_stores_equal_the_fold(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    memory, sqlite = MemoryStore(), SqliteStore(tmp_path / "deck.db")
    states = {topic: TopicState() for topic in ("a", "b")}
    for _ in range(40):
        merged = {topic: Pending() for topic in states}
        plain: dict[str, list[Any]] = {topic: [] for topic in states}
        for _ in range(dice.randint(1, 6)):
            topic = dice.choice(list(states))
            event = accepted(dice, states[topic])
            merged[topic].merge(event)
            plain[topic] += event
        memory.commit(commit_of(plain))
        commit = commit_of({topic: pending.take() for topic, pending in merged.items()})
        commit.at = dice.choice([0, 1000, 2000, 3500]) * MINUTE_US
        sqlite.commit(commit)
        if dice.random() < 0.1:
            sqlite.close()
            sqlite = SqliteStore(tmp_path / "deck.db")
        for topic, state in states.items():
            found = sqlite.load(topic) or TopicState()
            assert (found.values, found.types) == (state.values, state.types)
            assert memory.load(topic) == sqlite.load(topic)
            assert same_cells(memory, sqlite, topic)
    sqlite.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_page_shows_what_load_shows(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    store = SqliteStore(tmp_path / "deck.db")
    for topic in "abcde":
        state = TopicState()
        store.commit(commit_of({topic: [op for _ in range(9) for op in accepted(dice, state)]}))
    for item in store.topics(parse_query()).items:
        assert item.state == store.load(item.topic)
    store.close()
