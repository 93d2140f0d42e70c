"""A disk that is full: what is asked is answered, what is sent is turned away with the time to come again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio


async def send(client: httpx.AsyncClient, batch: int) -> httpx.Response:
    frames = ({"t": "hello", "version": 1}, {"t": "patch", "topic": "lab", "ops": [["add", "n", {"k": 1}]]})
    body = "\n".join(json.dumps(frame) for frame in frames)
    return await client.post("/api/frames", params={"stream": "s1", "batch": batch}, content=body)


async def test_reads_stay_up_and_nothing_is_lost_or_counted_twice(
    hub: Any, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, commit = hub.exchange.store, hub.exchange.store.commit
    assert (await send(client, 1)).json()["acked"] == 1

    def refuse(_commit: Any) -> None:
        raise StoreError("full", "The disk is full.", "Free space.")

    monkeypatch.setattr(store, "commit", refuse)
    for batch in (2, 2, 3):
        turned_away = await send(client, batch)
        assert (turned_away.status_code, turned_away.headers["retry-after"]) == (503, "5")
        assert turned_away.json()["error"] == {"code": "full", "message": "The disk is full.", "hint": "Free space."}
    for path in ("/api/topics?prefix=lab", "/api/topics/lab", "/api/events"):
        assert (await client.get(path)).status_code == 200, path
    assert (await client.get("/api/health")).status_code == 503
    monkeypatch.setattr(store, "commit", commit)
    while hub.exchange.commits.failure is not None:
        await hub.exchange.commits.committed()
    for batch in (2, 3):
        assert (await send(client, batch)).json()["acked"] == batch
    assert store.load("lab").values == {"n": {"k": 3}}
