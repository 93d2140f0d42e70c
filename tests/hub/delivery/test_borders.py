"""When batches close, and that who sends all the time is read once a border and never forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from quarterdeck.hub.delivery.borders import AT_ONCE, MUCH, PACE, PASSES, SLOWEST, Borders
from quarterdeck.hub.delivery.interest import Watch
from quarterdeck.hub.peers import ADMIN
from quarterdeck.testing.stepping import Connection, settled

if TYPE_CHECKING:
    from conftest import Timers
    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio


class Flow:
    """A connection: what comes while it is held waits for the release."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.held = False
        self.waiting: list[int] = []

    def send(self, size: int = 100) -> None:
        if self.held:
            self.waiting.append(size)
        else:
            self._read(size)

    def _read(self, size: int) -> None:
        self.deck.changes += 1
        self.deck.borders.touch()
        self.deck.borders.sent(self, size)

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False
        waiting, self.waiting = self.waiting, []
        for size in waiting:
            self._read(size)


class Deck:
    """Counts what each border brings."""

    def __init__(self, timers: Timers) -> None:
        self.borders = Borders(self._close, timers)
        self.timers = timers
        self.changes = 0
        self.viewers = 1
        self.brought: list[int] = []

    def _close(self) -> int:
        changes, self.changes = self.changes, 0
        if changes:
            self.brought.append(changes)
        return self.viewers if changes else 0

    def run(self, seconds: float, *flows: Flow, every: float = 0.01, size: int = 100) -> None:
        """Let these send."""
        until = self.timers.now + seconds
        while self.timers.now < until - 1e-9:
            for flow in flows:
                flow.send(size)
            self.wait(every)

    def wait(self, seconds: float) -> None:
        """Let time pass, and what is due at once happen."""
        self.timers.advance(seconds)
        for _ in range(PASSES + 1):
            self.timers.advance()


async def test_who_sends_all_the_time_is_read_once_a_border(timers: Timers) -> None:
    deck = Deck(timers)
    flow = Flow(deck)
    deck.run(1.0, flow)
    assert flow.held
    assert set(deck.brought[AT_ONCE + 2 :]) <= {4, 5, 6}
    deck.wait(PACE)
    assert sum(deck.brought) == 100


async def test_nobody_stays_held_whether_anything_came_or_not(timers: Timers) -> None:
    deck = Deck(timers)
    flows = [Flow(deck) for _ in range(3)]
    deck.run(0.5, *flows)
    assert all(flow.held for flow in flows)
    brought = len(deck.brought)
    deck.wait(PACE)
    deck.wait(PACE)
    assert not any(flow.held for flow in flows)
    assert len(deck.brought) <= brought + 1
    assert not timers.calls
    flows[0].send()
    assert deck.changes == 1


@pytest.mark.parametrize(("viewers", "borders"), [(1, 20), (140, 20), (200, 14), (2000, 12.5)])
async def test_the_more_viewers_the_fewer_borders_within_bounds(timers: Timers, viewers: int, borders: float) -> None:
    deck = Deck(timers)
    deck.viewers = viewers
    deck.run(4.0, Flow(deck), every=0.001)
    assert borders * 4 - 1 <= len(deck.brought) <= borders * 4 + AT_ONCE + 1
    # After quiet the first go out at once all the same.
    deck.wait(SLOWEST)
    deck.wait(10.0)
    brought = len(deck.brought)
    for number in range(1, AT_ONCE + 1):
        Flow(deck).send()
        timers.advance()
        assert len(deck.brought) == brought + number


@pytest.mark.parametrize(("every", "size"), [(0.06, 100), (0.001, MUCH)])
async def test_who_sends_rarely_or_much_is_read_as_it_sends(timers: Timers, every: float, size: int) -> None:
    deck = Deck(timers)
    rare, busy = Flow(deck), Flow(deck)
    for _ in range(10):
        deck.run(0.06, busy)
        deck.run(0.06, rare, every=every, size=size)
        assert not rare.held


@pytest.mark.long
async def test_what_a_connection_sends_is_complete_in_its_border(exchange: Exchange, timers: Timers) -> None:
    board, said = exchange.board, []
    board.audience.join(frozenset({Watch(prefix="lab")}))
    connection = Connection(exchange, ADMIN, said.append)
    connection.say(b'{"t":"hello","version":1,"stream":"s"}')
    for number in range(1, 100):
        connection.say(json.dumps(patch(number)).encode())
        timers.advance(0.01)
        for _ in range(PASSES + 1):
            await settled()
            timers.advance()
    assert connection.held
    timers.advance(PACE)
    for _ in range(PASSES):
        await settled()
        timers.advance()
    state = board.state("lab/x")
    assert state is not None
    assert state.values == {"n": 99}
    assert len(board.ring) <= 1.0 / PACE + AT_ONCE
    # It wants an answer from now on, so it is read as it speaks.
    connection.say(b'{"t":"watch","id":"w","topics":["lab/x"]}')
    for number in range(100, 200):
        connection.say(json.dumps(patch(number)).encode())
        timers.advance(0.01)
        await settled()
        timers.advance()
    assert not connection.held
    await connection.cut()


def patch(number: int) -> dict[str, object]:
    return {"t": "patch", "topic": "lab/x", "ops": [["set", "n", number]], "batch": number}
