"""The data over plain HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.core.series import cell_of

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

pytestmark = pytest.mark.asyncio


async def test_health_is_for_all_and_says_when_the_store_fails(hub: Any, client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/health")).json()["ok"] is True
    hub.exchange.commits.failure = OSError("full")
    assert (await client.get("/api/health")).status_code == 503
    hub.exchange.commits.failure = None


async def test_lists_filter_order_and_page(hub: Any, client: httpx.AsyncClient) -> None:
    for number in range(5):
        state = "failed" if number % 2 else "done"
        hub.exchange.board.publish(f"run/{number}", [["set", "state", state], ["set", "started", number]])
    params = {"kind": "run", "where": "state = done", "order": "-started", "limit": "2"}
    page = (await client.get("/api/topics", params=params)).json()
    assert [item["topic"] for item in page["topics"]] == ["run/4", "run/2"]
    assert page["topics"][0]["state"]["started"] == 4
    assert page["topics"][0]["epoch"] == hub.exchange.board.epoch
    last = (await client.get("/api/topics", params={**params, "after": page["next"]})).json()
    assert ([item["topic"] for item in last["topics"]], last["next"]) == (["run/0"], None)
    few = (await client.get("/api/topics", params={**params, "fields": "started,nothing"})).json()
    assert [item["state"] for item in few["topics"]] == [{"started": 4}, {"started": 2}]
    assert "count" not in few
    either = {**params, "where": 'state = ["done", "failed"]', "limit": "1", "count": "1"}
    assert (await client.get("/api/topics", params=either)).json()["count"] == 5


@pytest.mark.parametrize("params", [{"kind": "rum"}, {"order": "x"}, {"limit": "0"}, {"limit": "x"}, {"after": "x"}])
async def test_a_wrong_list_says_why(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await client.get("/api/topics", params=params)
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"code", "message", "hint"}


async def test_one_topic_is_a_snapshot_and_its_name_is_encoded_once_more(hub: Any, client: httpx.AsyncClient) -> None:
    hub.exchange.board.publish("lab/a%2Fb", [["set", "x", 1]])
    snapshot = (await client.get("/api/topics/lab%2Fa%252Fb")).json()
    assert (snapshot["topic"], snapshot["state"], snapshot["seq"]) == ("lab/a%2Fb", {"x": 1}, 1)
    missing = await client.get("/api/topics/lab%2Fnothing")
    assert missing.status_code == 404
    assert missing.json()["error"]["hint"]
    assert (await client.get("/api/topics/a%2F%2Fb")).status_code == 400


async def test_who_may_not_watch_reads_nothing(hub: Any, client: httpx.AsyncClient) -> None:
    hub.exchange.board.publish("script/a", [["set", "state", "idle"]])
    hub.exchange.board.publish("lab", [["set", "x", 1]])
    as_producer, as_nobody = {"authorization": "Bearer producer"}, {"authorization": "Bearer nobody"}
    assert (await client.get("/api/topics/script%2Fa", headers=as_producer)).status_code == 403
    found = (await client.get("/api/topics?prefix=lab", headers=as_producer)).json()["topics"]
    assert [item["topic"] for item in found] == ["lab"]
    for path in ("", "?kind=script", "?kind=script&where=state+%3D+idle&limit=1", "?prefix=script"):
        assert (await client.get(f"/api/topics{path}", headers=as_producer)).status_code == 403, path
    for path in (
        "topics",
        "series?topic=lab&field=x",
        "logs/lab",
        "events",
        "live/poll?topics=lab",
        "live/events?prefix=",
    ):
        assert (await client.get(f"/api/{path}", headers=as_nobody)).status_code == 403, path


async def test_a_series_by_steps(hub: Any, client: httpx.AsyncClient) -> None:
    minute = hub.exchange.clock.now() // 60_000_000
    for number in range(10):
        at = minute - number
        hub.exchange.board.publish("s", [["record", "t", {str(at): cell_of(1000 * number, at * 60_000_000)}]])
    start, stop = (minute - 9) * 60_000_000, (minute + 1) * 60_000_000
    params = {"topic": "s", "field": "t", "from": start, "to": stop, "step": 300}
    found = (await client.get("/api/series", params=params)).json()
    assert (found["quantum"], found["step"]) == (0.001, 300)
    assert sum(cell["count"] for cell in found["cells"]) == 10
    assert sum(cell["sum"] for cell in found["cells"]) == pytest.approx(45.0)
    assert max(cell["max"] for cell in found["cells"]) == pytest.approx(9.0)
    assert all(cell["p50"] <= cell["p99"] for cell in found["cells"])
    assert (await client.get("/api/series", params={**params, "field": "no"})).status_code == 404
    assert (await client.get("/api/series", params={**params, "step": 7})).status_code == 400
    assert (await client.get("/api/series", params={"topic": "s"})).status_code == 400


async def test_hours_and_days_are_read_where_minutes_are_too_many(hub: Any, client: httpx.AsyncClient) -> None:
    minute = hub.exchange.clock.now() // 60_000_000
    hub.exchange.board.publish("s", [["record", "t", {str(minute): cell_of(5, minute * 60_000_000)}]])
    year = 365 * 86_400_000_000
    params = {"topic": "s", "field": "t", "from": hub.exchange.clock.now() - year}
    found = (await client.get("/api/series", params=params)).json()
    assert found["step"] % 86_400 == 0
    assert [cell["count"] for cell in found["cells"]] == [1]


async def test_totals_of_a_list(hub: Any, client: httpx.AsyncClient) -> None:
    clock, board = hub.exchange.clock, hub.exchange.board
    minute = clock.now() // 60_000_000
    # The minutes, hours and days before now, and values at both ends of each.
    ages = (0, 1, 59, 60, 61, 1439, 1440, 1500, 3 * 1440, 6 * 1440)
    for name in ("a", "b"):
        for age in ages:
            cell = cell_of(1000 + age, (minute - age) * 60_000_000)
            board.publish(f"s/{name}", [["record", "t", {str(minute - age): cell}], ["set", "x", 1]])
    for first in (*ages, 2 * 1440 + 7):
        params = {"prefix": "s", "series": "t,x,no", "from": (minute - first) * 60_000_000}
        found = (await client.get("/api/totals", params=params)).json()["totals"]
        inside = [1000 + age for age in ages if age <= first]
        assert [each["topic"] for each in found] == ["s/a", "s/b"]
        for each in found:
            assert list(each["series"]) == ["t"]
            total = each["series"]["t"]
            assert total["count"] == len(inside)
            assert total["max"] == pytest.approx(max(inside) / 1000)
            assert total["sum"] == pytest.approx(sum(inside) / 1000)
    whole = (await client.get("/api/totals?prefix=s&series=t&limit=1")).json()
    assert whole["totals"][0]["series"]["t"]["count"] == len(ages)
    assert whole["next"] is not None
    later = {"prefix": "s", "series": "t", "from": (minute + 1) * 60_000_000}
    assert (await client.get("/api/totals", params=later)).json()["totals"][0]["series"] == {"t": None}
    assert (await client.get("/api/totals?prefix=s")).status_code == 400


async def test_named_events_with_who_did_it(hub: Any, client: httpx.AsyncClient) -> None:
    hub.exchange.board.publish("run/1", [["set", "state", "done"]], name="run.done", by="ada")
    found = (await client.get("/api/events", params={"prefix": "run"})).json()["events"]
    assert [(event["topic"], event["name"], event["by"]) for event in found] == [("run/1", "run.done", "ada")]


async def test_the_log_of_a_run(hub: Any, client: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "script" / "a").mkdir(parents=True)
    text = "2026-11-21T09:09:39.123456Z O hello\n2026-11-21T09:09:40.000000Z E oh no\n"
    (tmp_path / "script/a/2026-11-21.log").write_text(text)
    hub.exchange.board.publish("run/1", [["set", "log", {"file": "script/a/2026-11-21.log", "from": 0}]])
    found = (await client.get("/api/logs/run%2F1", params={"q": "OH"})).json()
    assert [(line["source"], line["text"]) for line in found["lines"]] == [("E", "oh no")]
    assert (await client.get("/api/logs/script%2Fa")).json()["lines"][0]["text"] == "hello"
    assert (await client.get("/api/logs/run%2F2")).status_code == 404
    hub.exchange.board.publish("run/3", [["set", "log", {"file": "../../secret", "from": 0}]])
    assert (await client.get("/api/logs/run%2F3")).status_code == 403


async def test_the_log_of_a_program_elsewhere_is_sent_in_pieces(
    hub: Any, client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"file": "job/2026-11-21.1.log", "from": 0, "to": None}
    hub.exchange.board.publish("job/1", [["set", "log", named]])
    producer = {"authorization": "Bearer producer"}

    async def send(at: int, piece: bytes, job: str = "job%2F1", headers: dict[str, str] = producer) -> tuple[int, Any]:
        answer = await client.post(f"/api/logs/{job}?at={at}", content=piece, headers=headers)
        return answer.status_code, answer.json().get("at")

    assert await send(0, b"one\n") == (200, 4)
    assert await send(9, b"lost\n") == (200, 4)
    assert await send(0, b"one\ntwo\n") == (200, 8)
    monkeypatch.setattr("quarterdeck.hub.logs.LARGEST", 10)
    assert await send(8, b"three\n") == (200, 10)
    path = tmp_path / named["file"]
    assert path.read_bytes() == b"one\ntwo\nth"
    assert path.stat().st_mode & 0o077 == 0
    assert (await send(0, b"", headers={"authorization": "Bearer guest"}))[0] == 403
    assert (await send(0, b"", "job%2F2"))[0] == 404
    for other in ("job/2026-11-21.2.log", "script/a/2026-11-21.log", "job/2026-11-21.2.1.log", "job/../x.1.log"):
        hub.exchange.board.publish("job/1", [["set", "log", {"file": other, "from": 0}]])
        assert (await send(0, b"x\n"))[0] == 403
    (tmp_path / "job" / "2026-11-22.1.log").mkdir()
    hub.exchange.board.publish("job/1", [["set", "log", {"file": "job/2026-11-22.1.log", "from": 0}]])
    assert (await send(0, b"x\n"))[0] == 503


async def test_calls_and_how_they_fail(hub: Any, client: httpx.AsyncClient) -> None:
    seen: list[Any] = []

    async def serve(topic: str, name: str, args: dict[str, Any], by: str | None) -> Any:
        seen.append((topic, name, args, by))
        if name == "break":
            raise RuntimeError("boom")
        if name == "hang":
            await asyncio.Event().wait()
        return {"run": "r1"}

    hub.exchange.calls.serve("script", serve)
    body = {"topic": "script/a", "name": "trigger", "args": {"hook": "update"}, "id": "once"}
    for _ in range(2):
        answer = await client.post("/api/calls", json=body)
        assert (answer.status_code, answer.json()) == (200, {"reply": {"run": "r1"}})
    assert seen == [("script/a", "trigger", {"hook": "update"}, "admin-1")]
    expected = {
        404: {"topic": "job/1", "name": "cancel"},
        409: {"topic": "script/a", "name": "break"},
        504: {"topic": "script/a", "name": "hang", "timeout": 0.001},
        400: {"topic": "script/a"},
    }
    for status, wrong in expected.items():
        answer = await client.post("/api/calls", json=wrong)
        assert answer.status_code == status
        assert answer.json()["error"]["message"]
    guest = await client.post("/api/calls", json=body, headers={"authorization": "Bearer guest"})
    assert guest.status_code == 403
    stop = {"topic": "job/1", "name": "stop"}
    producer = await client.post("/api/calls", json=stop, headers={"authorization": "Bearer producer"})
    assert producer.status_code == 403
