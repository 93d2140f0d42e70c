"""Users and addresses of services: of very many the busiest stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.hub.services.callers import MOST, OTHER, STAY, TrimmedCallers

if TYPE_CHECKING:
    from quarterdeck.hub.exchange import Exchange

TOPIC = "service/shop/endpoint/GET%20%2F/callers/1.2"


async def test_of_very_many_the_busiest_stay_and_the_sums_too(exchange: Exchange) -> None:
    TrimmedCallers(exchange.board).start()

    def tell(topic: str, ips: dict[str, int]) -> None:
        times = {key: 10 * count for key, count in ips.items()}
        exchange.board.publish(topic, [["add", "ips", ips], ["add", "ips_us", times], ["add", "users", {"ann": 1}]])

    tell(TOPIC, {str(each): each + 1 for each in range(MOST)})
    tell(TOPIC, {"999": 1, OTHER: 3})
    tell("service/shop/callers", {str(each): 1 for each in range(MOST + 1)})
    state, free = exchange.board.state(TOPIC), exchange.board.state("service/shop/callers")
    assert state is not None
    assert free is not None
    ips, times = state.values["ips"], state.values["ips_us"]
    assert ips.keys() == times.keys() == {OTHER, *map(str, range(MOST - STAY, MOST))}
    total = MOST * (MOST + 1) // 2 + 4
    assert (ips["999"], sum(ips.values()), sum(times.values())) == (1001, total, 10 * total)
    assert state.values["users"] == {"ann": 2}
    assert len(free.values["ips"]) == MOST + 1
    await exchange.board.committed()
    kept = exchange.store.load(TOPIC)
    assert kept is not None
    assert kept.values["ips"] == ips
