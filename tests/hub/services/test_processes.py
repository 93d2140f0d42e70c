"""Processes of services that died without a word are no longer named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from quarterdeck.hub.machine import Machine
from quarterdeck.hub.services.processes import SILENCE, Processes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.hub.conftest import StillClock

    from quarterdeck.hub.exchange import Exchange

SHOP = "service/shop"


class Shop:
    def __init__(self, exchange: Exchange, clock: StillClock) -> None:
        self.alive = {1, 2}
        self.exchange = exchange
        self.clock = clock
        machine = Machine("here", lambda pid, _at: pid in self.alive)
        self.processes = Processes(exchange.board, exchange.peers, clock, machine)

    def appear(self, host: str, pid: int, *, claims: bool = True) -> Any:
        entry = {"host": host, "pid": pid, "since": self.clock.now()}
        self.exchange.board.publish(SHOP, [["put", "processes", {f"{host}:{pid}": entry}]])
        claim = f"{SHOP}/process/{host}%3A{pid}"
        peer: Any = SimpleNamespace(id=claim, account="p", claims=(claim,), hello={}, gone=not claims)
        self.exchange.peers.add(peer)
        return peer

    def look(self, seconds: float = 0.0) -> list[str]:
        self.clock.seconds += seconds
        self.processes.look()
        state = self.exchange.board.state(SHOP)
        assert state is not None
        return sorted(state.values["processes"])


@pytest_asyncio.fixture
async def shop(exchange: Exchange, clock: StillClock) -> AsyncIterator[Shop]:
    shop = Shop(exchange, clock)
    shop.appear("here", 1)
    await shop.processes.start()
    yield shop
    shop.processes.stop()


async def test_what_was_killed_here_goes_as_soon_as_its_connection_has_gone(shop: Shop) -> None:
    killed = shop.appear("here", 2)
    shop.alive.clear()
    assert shop.look() == ["here:1", "here:2"]  # somebody speaks for them, whatever pids mean
    killed.gone = True
    assert shop.look() == ["here:1"]


async def test_what_an_earlier_hub_knew_is_looked_at_too(shop: Shop) -> None:
    for peer in shop.exchange.peers:
        peer.gone = True
    assert shop.look() == ["here:1"]
    shop.alive.clear()
    assert shop.look() == []


async def test_what_lives_elsewhere_goes_after_a_while_of_silence(shop: Shop) -> None:
    away = shop.appear("there", 1, claims=False)
    assert shop.look() == shop.look(SILENCE) == ["here:1", "there:1"]
    away.gone = False
    assert shop.look(SILENCE) == ["here:1", "there:1"]
    away.gone = True
    assert shop.look() == shop.look(SILENCE - 1) == ["here:1", "there:1"]
    assert shop.look(2) == ["here:1"]
