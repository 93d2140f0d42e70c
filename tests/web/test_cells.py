"""All cells of a list as a file."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.core.series import cell_of
from quarterdeck.core.sums import Sum

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio
MINUTE = 60_000_000


def tell(hub: Any, topic: str, *values: int) -> int:
    """One value a minute, up to now; returns the minute of the first."""
    first: int = hub.exchange.clock.now() // MINUTE - len(values) + 1
    cells = {str(first + i): cell_of(value, (first + i) * MINUTE) for i, value in enumerate(values)}
    hub.exchange.board.publish(topic, [["record", "duration", cells, 1e-6], ["set", "name", topic]])
    return first


async def test_every_cell_of_every_member_is_a_line(hub: Any, client: httpx.AsyncClient) -> None:
    tell(hub, "service/a/endpoint/x", 1000, 3000)
    tell(hub, "service/a/endpoint/y", 5000)
    params = {"kind": "endpoint", "series": "duration,none", "span": "day", "limit": 1}
    answer = await client.get("/api/cells", params=params)
    assert answer.headers["content-disposition"] == 'attachment; filename="cells-day.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["topic"], row["count"], row["seconds"]) for row in rows] == [
        ("service/a/endpoint/x", "2", "86400"),
        ("service/a/endpoint/y", "1", "86400"),
    ]
    assert float(rows[0]["sum"]) == pytest.approx(0.004)
    assert sum(json.loads(rows[0]["buckets"]).values()) == 2
    lines = (await client.get("/api/cells", params={**params, "format": "jsonl"})).text.splitlines()
    whole = [json.loads(line) for line in lines]
    assert [(line["topic"], line["count"], line["begin"][10:]) for line in whole] == [
        ("service/a/endpoint/x", 2, "T00:00:00Z"),
        ("service/a/endpoint/y", 1, "T00:00:00Z"),
    ]


async def test_a_part_of_them(hub: Any, client: httpx.AsyncClient) -> None:
    first = tell(hub, "=free", 1000, 3000, 5000)
    params = {"prefix": "=free", "span": "minute", "from": (first + 1) * MINUTE, "to": (first + 2) * MINUTE}
    rows = list(csv.DictReader(io.StringIO((await client.get("/api/cells", params=params)).text)))
    assert [(row["topic"], float(row["max"])) for row in rows] == [("'=free", pytest.approx(0.003))]
    for wrong in ({"span": "week"}, {"format": "xml"}):
        assert (await client.get("/api/cells", params={**params, **wrong})).status_code == 400
    stranger = {"Authorization": "Bearer nobody"}
    assert (await client.get("/api/cells", params=params, headers=stranger)).status_code == 403


async def test_figures_have_the_digits_that_their_series_has(hub: Any, client: httpx.AsyncClient) -> None:
    tell(hub, "free", 161)  # times a millionth it would be 0.00016099999999999998
    params = {"prefix": "free", "span": "minute", "format": "jsonl"}
    line = (await client.get("/api/cells", params=params)).json()
    assert [line[name] for name in ("sum", "min", "max", "last", "p50", "p99")] == [0.000161] * 6
    hub.exchange.board.publish("dozens", [["record", "eggs", {"1": cell_of(3, MINUTE)}, 12]])
    assert (await client.get("/api/cells", params={**params, "prefix": "dozens"})).json()["sum"] == 36


async def test_more_lines_than_go_at_once_all_go(hub: Any, client: httpx.AsyncClient) -> None:
    tell(hub, "free", *range(1, 602))
    params = {"prefix": "free", "span": "minute", "format": "jsonl"}
    lines = (await client.get("/api/cells", params=params)).text.splitlines()
    assert [json.loads(line)["max"] for line in lines] == pytest.approx([value / 1e6 for value in range(1, 602)])


@pytest.mark.parametrize(
    "path", ["cells?", "totals?series=duration&", "series?series=duration&", "series?field=duration&topic=free&"]
)
async def test_nobody_waits_for_figures(
    hub: Any, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    tell(hub, "free", 1, 2)
    exact, threads = Sum.quantiles, []
    monkeypatch.setattr(Sum, "quantiles", lambda *given: threads.append(threading.get_ident()) or exact(*given))
    monkeypatch.setattr(hub.exchange.board, "_aside", asyncio.to_thread)
    assert (await client.get(f"/api/{path}prefix=free")).status_code == 200
    assert threads
    assert threading.get_ident() not in threads
