"""/metrics, read by Prometheus' own parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from quarterdeck.core.series import cell_of, minute_of
from quarterdeck.core.topics import join

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio
DAY = 86_400_000_000


async def read(client: httpx.AsyncClient, **headers: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Each sample's value by its labels' values, sorted by their names."""
    answer = await client.get("/metrics", headers=headers)
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels[name] for name in sorted(sample.labels))] = (
                sample.value
            )
    return found


async def test_requests_of_all_services(hub: Any, client: httpx.AsyncClient) -> None:
    now = hub.exchange.clock.now()
    odd = '/a"b\\c\nd'
    for route in ("/cart", odd):
        topic = join("service", "shop", "endpoint", f"GET {route}")
        # A second ago, yesterday, and before all that is kept by the minute.
        times = (now, now - DAY, now - 9 * DAY)
        for at, seconds in zip(times, (0.003, 0.2, 30.0), strict=True):
            cell = cell_of(round(seconds * 1e6), at)
            hub.exchange.board.publish(
                topic,
                [
                    *(
                        ["set", name, value]
                        for name, value in (("service", "shop"), ("method", "GET"), ("route", route))
                    ),
                    ["record", "duration", {minute_of(at): cell}, 1e-6],
                    ["add", "status", {"500" if seconds > 1 else "200": 1}],
                ],
            )
    found = await read(client)
    for route in ("/cart", odd):
        labels = ("GET", route, "shop")
        assert found["quarterdeck_service_requests_total"][*labels, "200"] == 2
        assert found["quarterdeck_service_requests_total"][*labels, "500"] == 1
        assert found["quarterdeck_service_request_seconds_count"][labels] == 3
        assert found["quarterdeck_service_request_seconds_sum"][labels] == pytest.approx(30.203)
        buckets = found["quarterdeck_service_request_seconds_bucket"]
        bounds = {"0.005": 1, "0.1": 1, "0.25": 2, "10.0": 2, "+Inf": 3}
        assert {bound: buckets[bound, *labels] for bound in bounds} == bounds
    assert found["quarterdeck_store_ok"][()] == 1


async def test_without_services_the_hub_alone_is_told(client: httpx.AsyncClient) -> None:
    found = await read(client)
    assert "quarterdeck_service_requests_total" not in found
    assert found["quarterdeck_store_ok"][()] == 1
