"""The call ``profile``: told to every process of the service, and what was known begins anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub.calls import CallFailed
from quarterdeck.hub.services.profiling import Profiling

if TYPE_CHECKING:
    from tests.hub.conftest import StillClock

    from quarterdeck.hub.exchange import Exchange

CART, OTHER = "service/shop/endpoint/GET%20%2Fcart", "service/shop/endpoint/GET%20%2F"
PROFILES = ["service/shop/profile/GET%20%2Fcart", "service/shop/profile/GET%20%2F"]


class Shop:
    """The hub of a service with two endpoints that were profiled before; what its processes were told."""

    def __init__(self, exchange: Exchange, clock: StillClock) -> None:
        self.exchange = exchange
        self.told: list[tuple[str | None, float]] = []
        Profiling(exchange.board, exchange.calls, exchange.peers, clock).start()
        for topic in ("service/shop", CART, OTHER, *PROFILES):
            exchange.board.publish(topic, [["set", "service", "shop"]])

    def connect(self, process: str, service: str = "shop") -> None:
        def send(frame: dict[str, Any]) -> None:
            assert frame["name"] == "profile"
            self.told.append((frame["args"]["endpoint"], frame["args"]["seconds"]))

        claims = (f"service/{service}/process/{process}",)
        peer: Any = SimpleNamespace(id=process, account="p", claims=claims, hello={}, send=send)
        self.exchange.peers.add(peer)

    async def profile(self, topic: str, **args: Any) -> Any:
        return await self.exchange.calls.call(topic, "profile", args, by="ann")

    def left(self) -> list[str]:
        return [topic for topic in PROFILES if self.exchange.board.state(topic) is not None]


@pytest_asyncio.fixture
async def shop(exchange: Exchange, clock: StillClock) -> Shop:
    return Shop(exchange, clock)


async def test_every_process_is_told_and_the_profile_begins_anew(shop: Shop, clock: StillClock) -> None:
    for process, service in (("a", "shop"), ("b", "shop"), ("c", "office")):
        shop.connect(process, service)
    assert (await shop.profile(CART, seconds=20))["processes"] == 2
    assert shop.told == [("GET /cart", 20)] * 2
    assert shop.left() == PROFILES[1:]
    state = shop.exchange.board.state(CART)
    assert state is not None
    assert state.values["profiling"] == {"since": clock.now(), "until": clock.now() + 20_000_000, "by": "ann"}
    shop.connect("late")
    assert shop.told[2:] == [("GET /cart", 20)]
    clock.micros += 21_000_000
    shop.connect("later")
    assert len(shop.told) == 3


async def test_all_endpoints_of_a_service_may_be_profiled(shop: Shop) -> None:
    shop.connect("a")
    await shop.profile("service/shop")
    assert (shop.told, shop.left()) == ([(None, 30)], [])


async def test_what_cannot_be_profiled_is_refused(shop: Shop) -> None:
    with pytest.raises(CallFailed, match="no process of shop"):
        await shop.profile(CART)
    shop.connect("a")
    for seconds in (0, 601, 2.5, "30", True):
        with pytest.raises(CallFailed, match="is no time"):
            await shop.profile(CART, seconds=seconds)
    with pytest.raises(CallFailed, match="there is no service or endpoint"):
        await shop.profile("service/none")


async def test_a_profile_that_grew_too_large_begins_anew(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.hub.services.profiling.MOST_NODES", 20)
    nodes = {str(number): {} for number in range(20)}
    shop.exchange.board.publish(PROFILES[0], [["put", "nodes", nodes]])
    assert shop.left() == PROFILES
    shop.exchange.board.publish(PROFILES[0], [["put", "nodes", {"more": {}}]])
    await shop.exchange.board.committed()
    assert shop.left() == PROFILES[1:]
