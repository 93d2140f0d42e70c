"""What a script stores is kept from guests, on every way; panels, runs and logs are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub import peers
from quarterdeck.hub.delivery.viewer import Viewer
from quarterdeck.hub.watching import Watcher

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio
STORE, PANEL = "script/a/store", "script/a/panel/text"
GUEST = {"authorization": "Bearer guest"}
SECRET = [["put", "values", {"key": '"s3cret"'}]]


@pytest_asyncio.fixture
async def board(hub: Any) -> Any:
    hub.exchange.board.publish("script/a", [["set", "name", "a"]])
    hub.exchange.board.publish(STORE, SECRET)
    hub.exchange.board.publish(PANEL, [["set", "text", "shown"]])
    return hub.exchange.board


async def test_a_guest_gets_it_by_no_request(board: Any, client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/topics/script%2Fa%2Fstore", headers=GUEST)).status_code == 403
    assert (await client.get("/api/live/poll?topics=script/a/store", headers=GUEST)).status_code == 403
    for asked in (
        "topics?prefix=script/a",
        "topics?kind=store",
        "topics?q=s3cret",
        "live/poll?prefix=script/a",
        "live/poll?kind=store",
    ):
        answer = await client.get(f"/api/{asked}", headers=GUEST)
        assert answer.status_code == 200
        assert "s3cret" not in answer.text, asked
    assert "shown" in (await client.get("/api/topics?prefix=script/a", headers=GUEST)).text
    for asked in ("topics?prefix=script/a", "topics?kind=store", "live/poll?prefix=script/a", "live/poll?kind=store"):
        assert "s3cret" in (await client.get(f"/api/{asked}")).text, asked


@pytest.mark.parametrize("asked", [{"prefix": "script/a"}, {"prefix": ""}, {"query": {"kind": "store"}}])
async def test_no_watch_brings_it_to_a_guest(hub: Any, board: Any, asked: dict[str, Any]) -> None:
    heard: dict[str, str] = {}
    for name, rights in (("admin", peers.ADMIN), ("guest", peers.GUEST)):
        viewer = Viewer(board, hub.exchange.windows)
        watcher = Watcher(hub.exchange, viewer)
        heard[name] = await watcher.watch({"id": "w", **asked}, rights)
        board.publish(STORE, [["put", "values", {"key": json.dumps(f"s3cret of {name}")}]])
        board.close()
        heard[name] += await viewer.take()
        board.publish(STORE, [["drop"]])
        board.close()
        heard[name] += await viewer.take()
        # Who comes back hears of what has changed or ended since.
        heard[name] += await watcher.watch({"id": "v", **asked, "epoch": board.epoch, "after": 0}, rights)
        board.publish(STORE, SECRET)
        watcher.close()
    assert "s3cret of admin" in heard["admin"]
    assert "s3cret" not in heard["guest"]
    assert STORE not in heard["guest"]
