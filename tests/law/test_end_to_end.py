"""The law end to end: producers, outboxes, lost messages, streams, board, store, viewers.

Whatever is lost, repeated, cut, forked or restarted: each accepted event counts once, what was acknowledged is durable,
and what every watcher knows is the fold of the accepted events.  A failure prints its seed, which repeats it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, check, check_types, fold
from quarterdeck.core.ops import Event, Refused
from quarterdeck.core.series import apply_cells, cell_of
from quarterdeck.hub.delivery import borders
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.peers import Rights
from quarterdeck.kinds import all_kinds, kind_of
from quarterdeck.store.contract import Store
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.sqlite import SqliteStore
from quarterdeck.testing.clock import FakeClock
from quarterdeck.testing.following import Follower
from quarterdeck.testing.histories import FIELDS, Histories
from quarterdeck.testing.producing import LossyTransport, Producer
from quarterdeck.testing.stepping import SteppedCommits, SteppedTimers, settled

START = random.SystemRandom().randrange(10**9)
STEPS = 250
RIGHTS = Rights(patch=("",), watch=("",), call=("",), claim=("",))
# The newest minute in which the generator measures is within the window of those who ask for one.
NOW, WINDOW = 1_790_000_030_000_000, 30
FIRST_MINUTE = NOW // 60_000_000 - WINDOW + 1
OWN = ("lab/{}", "script/{}/panel/chart", "lab/deep/er/{}", "run/{}")
SHARED = ("lab/shared", "job/shared", "run/shared")
PREFIXES = ("", "lab", "lab/deep", "script", "run")
RING_BYTES = 3_000


class World:
    """Everything there is, moved by one random generator."""

    def __init__(self, seed: int, open_store: Callable[[], Store]) -> None:
        self.histories = Histories(seed, FIELDS[: 2 + seed % 7])
        self.rnd = self.histories.rnd
        self.open_store = open_store
        self.timers = SteppedTimers()
        self.exchange: Exchange | None = None
        self.ledger: dict[tuple[str, int], dict[str, list[Event]]] = {}
        self.applied: list[tuple[str, int]] = []
        self.committing: list[tuple[str, int]] = []
        self.durable: list[tuple[str, int]] = []
        self.premature: list[tuple[str, int]] = []
        self.streams = (f"stream{number}" for number in range(10**6))
        self.producers: list[Producer] = []
        self.owned: list[tuple[Producer, str, TopicState]] = []
        self.followers = [Follower(RIGHTS, WINDOW * (number % 2)) for number in range(4)]
        self.done: dict[str, int] = {}
        self.restarts = self.overflows = self.held = 0
        self.moves: list[tuple[Callable[[], Any], int]] = [
            (self.emit, 60), (self.emit_shared, 25), (self.step, 50), (self.time, 25), (settled, 20), (self.commit, 25),
            (self.break_producer, 4), (self.repeat, 6), (self.fork, 1), (self.watch, 6), (self.unwatch, 2),
            (self.break_follower, 6), (self.come_back, 12), (self.slow, 5), (self.crash, 2), (self.start, 12),
        ]  # fmt: skip

    async def run(self) -> None:
        """A history, and the law at its end; now and then in between for those who watch."""
        self.start()
        for _ in range(3):
            self.join(Producer(self.streams, self.transport(), self.ledger))
        moves = [move for move, _ in self.moves]
        # No two worlds are alike: here the disk is slow, there the network bad.
        weights = [weight * self.rnd.choice((0.2, 1, 1, 3)) for _, weight in self.moves]
        for number in range(STEPS):
            move = self.rnd.choices(moves, weights)[0]
            done = move()
            if asyncio.iscoroutine(done):
                await done
            self.done[move.__name__] = self.done.get(move.__name__, 0) + 1
            if number % 50 == 49 and self.exchange is not None:
                await self.compare_followers()
        await self.end()

    # --- producers

    def transport(self) -> LossyTransport:
        transport = LossyTransport(lambda: self.exchange, RIGHTS, self.rnd, self.rnd.choice((1, 4)))
        transport.acknowledged = self.on_acknowledged
        return transport

    def join(self, producer: Producer) -> None:
        number = len(self.producers)
        self.producers.append(producer)
        for name in self.rnd.sample(OWN, 2):
            self.owned.append((producer, name.format(number), TopicState()))

    def emit(self) -> None:
        """An event of the merciless kind, on a topic of one's own, so that it is known whether it is accepted."""
        producer, topic, state = self.rnd.choice(self.owned)
        event = self.histories.event(state)
        try:
            check(state, event)
        except Refused:
            try:
                check_types(dict(state.types), event)
            except Refused:
                # The outbox has to refuse it, too, and to go on as if nothing had been.
                producer.emit(topic, event)
            return
        producer.emit(topic, event, self.rnd.choice((None, None, None, "run.started")))
        fold(state, event)

    def emit_shared(self) -> None:
        """An event on a topic of several producers, such as is accepted in any order."""
        rnd, key = self.rnd, self.rnd.choice("xyz")
        event = rnd.choice([
            [["add", "n", {key: rnd.randrange(-9, 9)}]],
            [["push", "l", [rnd.randrange(9)], rnd.choice((1, 3, 5))], ["set", "s", rnd.random()]],
            [["put", "m", {key: rnd.random()}], ["record", "r", {"29833333": cell_of(rnd.randrange(99), NOW)}, 0.001]],
            [["drop", "m", key]],
            [["drop", rnd.choice("nlmsr")]],
            [["drop"]],
        ])  # fmt: skip
        rnd.choice(self.producers).emit(rnd.choice(SHARED), event)

    def step(self) -> None:
        self.rnd.choice(self.producers).step(self.timers.now)

    async def break_producer(self) -> None:
        await self.rnd.choice(self.producers).transport.cut()

    async def repeat(self) -> None:
        await self.rnd.choice(self.producers).transport.repeat()

    def fork(self) -> None:
        if len(self.producers) < 6:
            self.join(self.rnd.choice(self.producers).fork(self.transport()))

    def on_acknowledged(self, stream: str, number: int) -> None:
        # Noted and not raised: this is a task of the hub's.
        if (stream, number) not in self.durable:
            self.premature.append((stream, number))

    # --- the hub

    def start(self) -> None:
        if self.exchange is not None:
            return
        self.store = self.open_store()
        self.commits = SteppedCommits(self.store, FakeClock(NOW))
        exchange = self.exchange = Exchange(self.store, self.commits, FakeClock(NOW), timers=self.timers)
        exchange.board.ring.limit = RING_BYTES
        publish_all = exchange.streams._apply

        def noted(key: str, number: int, *more: Any) -> str:
            answer = publish_all(key, number, *more)
            stream = key.rpartition("\n")[2]
            assert '"refused":[]' in answer, answer
            if self.exchange is exchange:
                # A dead hub may still turn a page; nobody will ever read it.
                self.applied.append((stream, number))
            return answer

        exchange.streams._apply = noted  # type: ignore[method-assign]

    async def crash(self) -> None:
        """Kill -9: what was not committed is gone."""
        if self.exchange is None:
            return
        self.overflows += self.exchange.board.ring.floor > 0
        self.restarts += 1
        self.exchange = None
        for producer in self.producers:
            await producer.transport.cut()
        for follower in self.followers:
            await follower.leave()
        self.timers.forget()
        self.applied.clear()
        self.committing.clear()
        self.store.close()

    async def commit(self) -> None:
        if self.exchange is not None:
            if not self.committing:
                self.begin_commit()
            if self.rnd.random() < 0.7:
                self.end_commit()
            await settled()

    def begin_commit(self) -> None:
        self.committing, self.applied = self.applied, []
        self.commits.start()

    def end_commit(self) -> None:
        self.commits.finish()
        self.durable += self.committing
        self.committing = []

    def commit_all(self) -> None:
        self.end_commit()
        self.begin_commit()
        self.end_commit()

    def time(self) -> None:
        self.timers.advance(self.rnd.choice((0.0, 0.01, 0.05, 0.3, 2.0)))
        self.held += self.exchange is not None and bool(self.exchange.board.borders._held)

    # --- watchers

    def watch(self) -> None:
        follower = self.rnd.choice(self.followers)
        if self.rnd.random() < 0.4:
            follower.watch(prefix=self.rnd.choice(PREFIXES))
        else:
            topics = [*SHARED, *(topic for _, topic, _ in self.owned), "lab/nobody"]
            follower.watch(topics=self.rnd.sample(topics, self.rnd.randrange(1, 4)))

    def unwatch(self) -> None:
        follower = self.rnd.choice(self.followers)
        if follower.watches:
            follower.unwatch(self.rnd.choice(list(follower.watches)))

    async def break_follower(self) -> None:
        await self.rnd.choice(self.followers).leave()

    def come_back(self) -> None:
        follower = self.rnd.choice(self.followers)
        if self.exchange is not None and follower.connection is None:
            follower.connect(self.exchange)

    def slow(self) -> None:
        follower = self.rnd.choice(self.followers)
        if follower.connection is not None:
            follower.connection.slow = not follower.connection.slow

    # --- the law

    async def compare_followers(self) -> None:
        """Everybody reads what was sent; then everybody knows what the board knows."""
        assert self.exchange is not None
        board = self.exchange.board
        for follower in self.followers:
            if follower.connection is not None:
                follower.connection.slow = False
        await settled()
        while self.commits.busy or board._dirty:
            self.commit_all()
            self.timers.advance(1)
            await settled()
        received = -1
        while received < (received := sum(follower.received for follower in self.followers)):
            await settled()
        known = {topic: state for topic in self.names() if (state := board.state(topic)) is not None}
        for follower in self.followers:
            assert follower.faults == []
            if follower.connection is None:
                continue
            covered = {topic: state for topic, state in known.items() if follower.covers(topic)}
            assert follower.states.keys() == covered.keys()
            for topic, state in covered.items():
                same(follower.states[topic], state, topic)

    def names(self) -> set[str]:
        return {*SHARED, *(topic for _, topic, _ in self.owned)}

    async def end(self) -> None:
        """The world becomes merciful, and all arrives."""
        self.start()
        assert self.exchange is not None
        for producer in self.producers:
            producer.transport.mercy = True
        for follower in self.followers:
            if follower.connection is None:
                follower.connect(self.exchange)
        for _ in range(300):
            for producer in self.producers:
                producer.step(self.timers.now)
            await self.compare_followers()
            self.timers.advance(3)
            if all(producer.done() for producer in self.producers):
                break
            await self.rnd.choice(self.producers).transport.cut()
        assert all(producer.done() for producer in self.producers)
        self.compare_with_the_fold()
        await self.crash()

    def compare_with_the_fold(self) -> None:
        """Each accepted event counts once, in the order in which the hub took them, and nothing else counts."""
        assert self.exchange is not None
        assert len(set(self.durable)) == len(self.durable), "a batch was applied twice"
        assert self.premature == [], "a batch was acknowledged before it was durable"
        taken = [self.ledger[key] for key in self.durable]
        assert len({id(batch) for batch in taken}) == len(taken), "the events of a batch were applied under two numbers"
        assert {id(batch) for batch in taken} == {id(batch) for batch in self.ledger.values()}, "events were lost"
        states: dict[str, TopicState] = {}
        cells: dict[str, dict[str, Any]] = {}
        for batch in taken:
            for topic, events in batch.items():
                for event in events:
                    grown = with_birth(topic, states.setdefault(topic, TopicState()), event)
                    fold(states[topic], grown)
                    apply_cells(cells.setdefault(topic, {}), grown)
        for topic, state in states.items():
            exists = bool(state.types)
            for who, found in (("board", self.exchange.board.state(topic)), ("store", self.store.load(topic))):
                assert (found is not None) == exists, (who, topic)
                if found is not None:
                    same(found, state, (who, topic))
            self.compare_cells(topic, cells[topic])
        for _, topic, state in self.owned:
            assert states.get(topic, TopicState()).values.items() >= state.values.items()

    def compare_cells(self, topic: str, series: dict[str, Any]) -> None:
        for field, cells in series.items():
            stored = self.store.cells(topic, field, "minute", -(2**40), 2**40)
            assert {str(minute): cell for minute, cell in stored.items()} == cells, (topic, field)
            for follower in self.followers:
                if follower.window and follower.covers(topic):
                    assert recent(follower.cells.get(topic, {}).get(field, {})) == recent(cells), (topic, field)


def recent(cells: dict[str, Any]) -> dict[str, Any]:
    return {minute: cell for minute, cell in cells.items() if int(minute) >= FIRST_MINUTE}


def same(found: TopicState, wanted: TopicState, what: Any) -> None:
    assert (found.values, found.typed()) == (wanted.values, wanted.typed()), what


def with_birth(topic: str, state: TopicState, event: Event) -> Event:
    """The event as the board folds it: a topic of a kind begins with the kind's empty fields."""
    kind, grown, begins = kind_of(topic), [], not state.types
    for op in event:
        if begins and kind is not None and len(op) > 1:
            grown += kind.birth()
        begins = len(op) == 1
        grown.append(op)
    return grown


class Undying(MemoryStore):
    """Outlives its hub, as a file does."""

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def sends_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends anything counts as who sends all the time, so that connections are held."""
    monkeypatch.setattr(borders, "SEVERAL", 1)
    monkeypatch.setattr(borders, "AT_ONCE", 1)


@pytest.mark.parametrize("number", range(60))
def test_in_memory(number: int) -> None:
    store = Undying(all_kinds())
    _run(START + number, lambda: store)


@pytest.mark.parametrize("number", range(12))
def test_in_sqlite(number: int, tmp_path: Path) -> None:
    _run(START + 1000 + number, lambda: SqliteStore(tmp_path / "deck.db", all_kinds()))


def _run(seed: int, open_store: Callable[[], Store]) -> World:
    world = World(seed, open_store)
    try:
        asyncio.run(world.run())
    except BaseException as fault:
        fault.add_note(f"the seed was {seed}")
        raise
    return world


def test_the_worlds_are_hard() -> None:
    """What the law is to be tested by does happen in these histories."""
    happened = dict.fromkeys(("forks", "restarts", "repeats", "resumed", "refused", "overflows", "merged", "held"), 0)
    for seed in range(40):
        store = Undying(all_kinds())
        world = _run(seed, lambda store=store: store)  # type: ignore[misc]
        happened["forks"] += len(world.producers) - 3
        happened["restarts"] += world.restarts
        happened["held"] += world.held
        happened["repeats"] += world.done.get("repeat", 0)
        happened["resumed"] += sum(follower.resumed for follower in world.followers)
        happened["refused"] += sum(producer.report.counts.get("refused", 0) for producer in world.producers)
        happened["overflows"] += world.overflows
        happened["merged"] += sum(len(events) > 1 for batch in world.ledger.values() for events in batch.values())
    assert min(happened.values()) > 20, happened
