"""Known values told, and what the routes say of them: counts equal, percentiles at most 2 % off."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.web.conftest import FakeAccounts, routes_of

from quarterdeck.core.series import cell_of
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.exchange import Exchange
from quarterdeck.kinds import all_kinds
from quarterdeck.store.sqlite import SqliteStore
from quarterdeck.web.pieces import DAY, days, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = pytest.mark.asyncio
MINUTE = timedelta(minutes=1)
NOW = datetime.fromtimestamp(1_800_000_000, UTC)  # the clock of the hub under test: 2027-01-15 08:00
LATE = "kind=endpoint&series=duration"
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


def micros(at: datetime) -> int:
    return round(at.timestamp() * 1e6)


def tell(hub: Any, topic: str, values: Iterable[tuple[datetime, int]]) -> None:
    """Values in microseconds, as an endpoint has them."""
    cells = [(micros(at), cell_of(value, micros(at))) for at, value in values]
    ops = [["record", "duration", {str(at // 60_000_000): cell}, 1e-6] for at, cell in cells]
    hub.exchange.board.publish(topic, ops)


def about(total: dict[str, Any], values: list[int]) -> None:
    """The figures are those of the values."""
    values = sorted(values)
    assert total["count"] == len(values)
    assert total["sum"] == pytest.approx(sum(values) / 1e6)
    assert (total["min"], total["max"]) == pytest.approx((values[0] / 1e6, values[-1] / 1e6))
    for name, share in SHARES.items():
        assert total[name] == pytest.approx(values[int(share * (len(values) - 1))] / 1e6, rel=0.02), name


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Berlin", "2026-10-24", "2026-10-27"),  # 25 hours
        ("America/Sao_Paulo", "2026-10-30", "2026-11-02"),  # a month's end
        ("Asia/Kolkata", "2027-01-09", "2027-01-14"),  # half an hour beside UTC, as long as minutes are kept
        ("UTC", "2026-12-30", "2027-01-02"),
    ],
)
async def test_days_of_a_zone(hub: Any, client: httpx.AsyncClient, zone: str, first: str, last: str) -> None:
    chance, by_day = random.Random(7), defaultdict(list)
    begin, end = (datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone)) for day in (first, last))
    at, told = begin.astimezone(UTC) - timedelta(hours=3), []
    while at < end.astimezone(UTC) + timedelta(hours=3):
        value = round(chance.lognormvariate(9, 1))
        told.append((at, value))
        by_day[at.astimezone(ZoneInfo(zone)).date()].append(value)
        at += timedelta(minutes=chance.randrange(1, 20))
    tell(hub, "service/a/endpoint/x", told)
    tell(hub, "service/a/endpoint/y", told[::2])
    span = {"from": micros(begin) + 1, "to": micros(end), "step": "day", "tz": zone}
    params = {**span, "kind": "endpoint", "series": "duration,errors", "where": "topic ^= service/a"}
    found = (await client.get("/api/series", params=params)).json()
    assert found["step"] == "day"
    assert [(each["topic"], each["field"]) for each in found["series"]] == [
        ("service/a/endpoint/x", "duration"),
        ("service/a/endpoint/y", "duration"),
    ]
    cells = found["series"][0]["cells"]
    assert len(cells) == (end.date() - begin.date()).days
    for cell in cells:
        at = datetime.fromtimestamp(cell["at"] / 1e6, ZoneInfo(zone))
        assert (at.hour, at.minute) == (0, 0)
        about(cell, by_day[at.date()])
    one = {**span, "topic": "service/a/endpoint/x", "field": "duration", "figures": "count"}
    histogram = (await client.get("/api/series", params={**one, "figures": "buckets"})).json()["cells"][0]["buckets"]
    assert sum(histogram.values()) == cells[0]["count"]
    few = (await client.get("/api/series", params=one)).json()
    assert few["cells"] == [{"at": cell["at"], "count": cell["count"]} for cell in cells]


async def test_totals_beside_those_of_the_time_before(hub: Any, client: httpx.AsyncClient) -> None:
    chance = random.Random(8)
    values = [(NOW - minutes * MINUTE, round(chance.lognormvariate(9, 1))) for minutes in range(0, 4 * DAY, 7)]
    tell(hub, "service/a/endpoint/x", values)
    hub.exchange.board.publish("service/a/endpoint/x", [["set", "name", "x"], ["add", "status", {"200": 9}]])
    hub.exchange.board.publish("service/a/endpoint/z", [["set", "name", "z"]])
    begin = NOW - 2 * DAY * MINUTE
    params = {"kind": "endpoint", "series": "duration,errors", "fields": "name,status", "before": 1}
    found = (await client.get("/api/totals", params={**params, "from": micros(begin)})).json()["totals"]
    about(found[0]["series"]["duration"], [value for at, value in values if at >= begin])
    start = begin - (NOW + MINUTE - begin)  # the running minute counts whole
    about(found[0]["before"]["duration"], [value for at, value in values if start <= at < begin])
    assert (found[0]["series"]["errors"], found[0]["before"]["errors"]) == (None, None)
    assert found[0]["state"] == {"name": "x", "status": {"200": 9}}
    assert found[1]["series"] == found[1]["before"] == {"duration": None, "errors": None}
    ever = (await client.get("/api/totals", params={**params, "figures": "count,p50"})).json()["totals"]
    assert set(ever[0]["series"]["duration"]) == {"first_at", "count", "p50"}
    assert ever[0]["series"]["duration"]["count"] == len(values)
    assert ever[0]["before"]["duration"] is None


async def test_what_comes_late_counts(tmp_path: Path, clock: Any) -> None:
    store = SqliteStore(tmp_path / "deck.db", all_kinds())
    commits = Commits(store, clock, delay=0.0)
    hub: Any = SimpleNamespace(exchange=Exchange(store, commits, clock, "a deck"), accounts=FakeAccounts())
    chance, told = random.Random(9), []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(routes_of(hub)), base_url="http://hub") as client:
        for minutes in (0, 1, 61, 1440):
            clock.micros = micros(NOW + minutes * MINUTE)
            ages = [chance.randrange(9 * DAY) for _ in range(60)]
            some = [(NOW + (minutes - age) * MINUTE, round(chance.lognormvariate(9, 1))) for age in ages]
            told += some
            tell(hub, "service/a/endpoint/x", some)
            for span in (1500, 20 * DAY):
                start = NOW - span * MINUTE
                (found,) = (await client.get(f"/api/totals?{LATE}&from={micros(start)}")).json()["totals"]
                about(found["series"]["duration"], [value for at, value in told if at >= start])
        asked = f"{LATE}&from={micros(start)}&to={clock.micros + 1}&step=day&tz=Asia/Tokyo&figures=count"
        (found,) = (await client.get(f"/api/series?{asked}")).json()["series"]
        days_of = Counter(at.astimezone(ZoneInfo("Asia/Tokyo")).date() for at, _ in told)
        assert [cell["count"] for cell in found["cells"]] == [count for _, count in sorted(days_of.items())]
    await commits.close()
    store.close()


@pytest.mark.parametrize(
    "params",
    [
        {"step": "day", "tz": "Mars/Olympus"},
        {"step": "week"},
        {"step": "day", "from": "0", "to": "999999999999999999"},
        {"step": "60", "from": "0"},
        {"figures": "p42"},
        {"figures": ""},
        {"from": "1", "to": "0"},
    ],
)
async def test_what_cannot_be_answered_is_refused(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await client.get("/api/series", params={"kind": "endpoint", "series": "duration", **params})
    assert (answer.status_code, set(answer.json()["error"])) == (400, {"code", "message", "hint"})


async def test_every_minute_is_in_one_piece() -> None:
    now = 40_000 * DAY + 1000
    for start in (now - 90, now - 3 * DAY, now - 30 * DAY - 17, now - 200 * DAY - 5):
        steps = days(start, now + 1, ZoneInfo("Australia/Adelaide"), now)
        for pieces in (pieces_of(start, now + 1, now), steps.pieces):
            ordered = sorted((piece.start, piece.stop) for piece in pieces)
            assert ordered[0][0] <= start
            assert ordered[-1][1] == now + 1
            assert [stop for _, stop in ordered[:-1]] == [start for start, _ in ordered[1:]]
