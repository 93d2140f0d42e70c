"""Streams: a batch has its effect once, for every loss and doubling, and across hubs on one store."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from tests.many import many

from quarterdeck.core.ops import Refused
from quarterdeck.hub import streams
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.peers import ADMIN
from quarterdeck.hub.streams import Gap

if TYPE_CHECKING:
    from conftest import StillClock

pytestmark = pytest.mark.asyncio


def batch(number: int) -> list[dict[str, Any]]:
    return [
        {"t": "patch", "topic": "lab", "ops": [["add", "n", {"all": 1}], ["push", "seen", [number], 1000]]},
        {"t": "patch", "topic": "lab", "ops": [["set", "n", number]]},
    ]


@pytest.mark.parametrize("seed", many(20, 5))
async def test_lost_and_doubled_batches_count_once(exchange: Exchange, clock: StillClock, seed: int) -> None:
    rnd, hub, number = random.Random(seed), exchange, 1
    answers: dict[int, Any] = {}
    while number <= 40:
        sent = rnd.choice([number, number, max(1, number - 1)])
        last = hub.streams.last("s")
        answer = hub.streams.accept("s", sent, batch(sent), ADMIN)
        if sent == last and sent in answers:
            assert answer == answers[sent]
        if rnd.random() < 0.2:
            await hub.board.committed()
            hub = Exchange(hub.store, hub.commits, clock)
        if sent == number and rnd.random() < 0.7:
            answers[number] = answer
            number += 1
    state = hub.board.state("lab")
    assert state.values == {"n": {"all": 40}, "seen": list(range(1, 41))}


async def test_a_gap_names_the_last_and_has_no_effect(exchange: Exchange) -> None:
    exchange.streams.accept("s", 1, batch(1), ADMIN)
    for number in (3, 0, -1, 10**12):
        with pytest.raises(Gap) as gap:
            exchange.streams.accept("s", number, batch(number), ADMIN)
        assert gap.value.last == 1
    assert exchange.board.state("lab").values["n"] == {"all": 1}


@pytest.mark.parametrize("stream", ["", "x" * 129, "ü"])
async def test_a_streams_id_is_short_and_plain(exchange: Exchange, stream: str) -> None:
    with pytest.raises(Refused):
        exchange.streams.accept(stream, 1, [], ADMIN)


async def test_of_very_many_refusals_the_first_are_told_and_all_counted(exchange: Exchange) -> None:
    wrong = [{"t": "patch", "topic": "deck", "ops": [["set", "x", n]]} for n in range(250)]
    answer = exchange.streams.accept("s", 1, wrong, ADMIN)
    assert (len(answer["refused"]), answer["refused_count"], exchange.streams.refused) == (100, 250, 250)


async def test_quiet_streams_leave_memory_and_are_still_known(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_REMEMBERED", 10)
    for number in range(30):
        exchange.streams.accept(f"s{number}", 1, batch(number), ADMIN)
        if number % 7 == 0:
            await exchange.board.committed()
    await exchange.board.committed()
    exchange.streams.last("another")
    assert len(exchange.streams._last) < 30
    with pytest.raises(Gap):
        exchange.streams.accept("s0", 3, [], ADMIN)
    assert [exchange.streams.last(f"s{number}") for number in range(30)] == [1] * 30
