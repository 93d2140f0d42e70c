"""The call ``level`` on an endpoint: kept, and told to every process of its service."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub.calls import CallFailed
from quarterdeck.hub.committed import CommittedRecords
from quarterdeck.hub.services.levels import Levels

if TYPE_CHECKING:
    from tests.hub.conftest import StillClock

    from quarterdeck.hub.exchange import Exchange

CART = "service/shop/endpoint/GET%20%2Fcart"


class Shop:
    """The hub of a service with one endpoint, and its processes: what each was told."""

    def __init__(self, exchange: Exchange, clock: StillClock) -> None:
        self.exchange = exchange
        self.told: dict[str, list[dict[str, int]]] = {}
        self.start(clock)
        exchange.board.publish(CART, [["set", "service", "shop"]])

    def start(self, clock: StillClock) -> None:
        records = CommittedRecords(self.exchange.store, self.exchange.commits)
        self.levels = Levels(self.exchange.board, self.exchange.calls, self.exchange.peers, records, clock)
        self.levels.start()

    def connect(self, process: str, service: str = "shop") -> None:
        def send(frame: dict[str, Any]) -> None:
            assert (frame["topic"], frame["name"]) == (peer.claims[0], "levels")
            self.told.setdefault(process, []).append(frame["args"]["levels"])

        claims = (f"service/{service}/process/{process}",)
        peer: Any = SimpleNamespace(id=process, account="p", claims=claims, hello={}, send=send)
        self.exchange.peers.add(peer)

    async def level(self, level: Any, topic: str = CART) -> None:
        await self.exchange.calls.call(topic, "level", {"level": level}, by="ann")
        await asyncio.gather(*self.levels._telling)

    def state(self) -> dict[str, Any]:
        state = self.exchange.board.state(CART)
        assert state is not None
        return state.values


@pytest_asyncio.fixture
async def shop(exchange: Exchange, clock: StillClock) -> Shop:
    return Shop(exchange, clock)


async def test_every_process_of_the_service_is_told(shop: Shop) -> None:
    for process in ("a", "b"):
        shop.connect(process)
    shop.connect("c", "other")
    await shop.level(3)
    shop.connect("late")
    chosen = {"GET /cart": 3}
    assert shop.told == {"a": [{}, chosen], "b": [{}, chosen], "c": [{}], "late": [chosen]}
    assert shop.state()["level"] == 3


async def test_it_is_kept_and_can_be_taken_back(shop: Shop, clock: StillClock) -> None:
    await shop.level(0)
    shop.exchange.peers._listeners.clear()
    shop.start(clock)
    shop.connect("a")
    assert shop.told == {"a": [{"GET /cart": 0}]}
    await shop.level(None)
    assert "level" not in shop.state()
    assert shop.exchange.store.records("levels") == {}


async def test_who_asked_is_an_event(shop: Shop) -> None:
    await shop.level(2)
    (event,) = shop.exchange.store.events(name="endpoint.")
    assert (event.topic, event.name, event.by, event.data) == (CART, "endpoint.level_set", "ann", {"level": 2})


@pytest.mark.parametrize("level", [4, -1, True, "1", 1.0])
async def test_what_is_no_level_is_refused(shop: Shop, level: Any) -> None:
    with pytest.raises(CallFailed, match="is no level"):
        await shop.level(level)


@pytest.mark.parametrize("topic", ["service/shop", "service/shop/endpoint/x", f"{CART}/version/1"])
async def test_only_endpoints_have_levels(shop: Shop, topic: str) -> None:
    with pytest.raises(CallFailed, match="there is no endpoint"):
        await shop.level(1, topic)
