"""A hub without transports, on a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.core.fold import TopicState, apply
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.exchange import Exchange
from quarterdeck.kinds import all_kinds
from quarterdeck.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class StillClock:
    """Both clocks say what they were told."""

    def __init__(self) -> None:
        self.micros = 1_800_000_000_000_000
        self.seconds = 0.0

    def now(self) -> int:
        return self.micros

    def monotonic(self) -> float:
        return self.seconds


class Timers:
    """An event loop's clock by hand: what is due is called by ``advance``."""

    def __init__(self) -> None:
        self.now = 100.0
        self.calls: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Callable[[], object]) -> asyncio.Handle:
        return self.call_at(self.now, callback)

    def call_at(self, when: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        self.calls.append((when, callback))
        return asyncio.TimerHandle(when, lambda: None, (), asyncio.get_running_loop())

    def advance(self, seconds: float = 0.0) -> None:
        self.now += seconds
        due = [entry for entry in self.calls if entry[0] <= self.now]
        self.calls = [entry for entry in self.calls if entry[0] > self.now]
        for _, callback in due:
            callback()


class Screen:
    """A watcher as simple as it can be: folds what it gets into states, by the rules of the protocol."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.states: dict[str, TopicState] = {}
        self.seqs: dict[str, int] = {}

    async def send(self, text: str) -> None:
        self.take(text)

    def take(self, text: str) -> list[dict[str, Any]]:
        frames = [json.loads(line) for line in text.splitlines()]
        for frame in frames:
            self._frame(frame)
        self.frames += frames
        return frames

    def _frame(self, frame: dict[str, Any]) -> None:
        if frame["t"] == "snapshot":
            types = {field: ["scalar"] for field in frame["state"]} | frame["types"]
            self.states[frame["topic"]] = TopicState(frame["state"], types)
            self.seqs[frame["topic"]] = frame["seq"]
        elif frame["t"] == "patch" and frame["seq"] > self.seqs.get(frame["topic"], -1):
            apply(self.states.setdefault(frame["topic"], TopicState()), frame["ops"])
            self.seqs[frame["topic"]] = frame["seq"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["t"] == kind]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(all_kinds())


@pytest_asyncio.fixture
async def exchange(clock: StillClock, timers: Timers, store: MemoryStore) -> AsyncIterator[Exchange]:
    commits = Commits(store, clock, delay=0.0)
    yield Exchange(store, commits, clock, "a deck", timers=timers)
    await commits.close()
