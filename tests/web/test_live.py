"""The live protocol over a WebSocket and polls."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.web.writing import WIRE

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from conftest import FakeGate

pytestmark = pytest.mark.asyncio


class Socket:
    """A WebSocket's other end, in the same loop and without a port."""

    def __init__(self, app: FakeGate, role: str = "admin", write: Callable[[str], bool] | None = None) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.frames: list[dict[str, Any]] = []
        scope = {
            "type": "websocket", "path": "/api/live", "raw_path": b"/api/live", "query_string": b"", "root_path": "",
            "headers": [(b"authorization", f"Bearer {role}".encode())], "subprotocols": [], "scheme": "ws",
            "extensions": {WIRE: SimpleNamespace(write=write, end=lambda: None)} if write else {},
        }  # fmt: skip
        self.inbox.put_nowait({"type": "websocket.connect"})
        self._reads = asyncio.Event()
        self._reads.set()
        self.task = asyncio.create_task(app(scope, self.inbox.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        await self._reads.wait()
        await self.outbox.put(message)

    def fill(self) -> None:
        """From now on nothing is read."""
        self._reads.clear()

    def drain(self) -> None:
        """It is read again."""
        self._reads.set()

    def send(self, *frames: Any) -> None:
        text = "\n".join(frame if isinstance(frame, str) else json.dumps(frame) for frame in frames)
        self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    async def next(self) -> dict[str, Any]:
        while not self.frames:
            message = await asyncio.wait_for(self.outbox.get(), 5)
            if message["type"] == "websocket.send":
                self.frames = [json.loads(line) for line in message["text"].splitlines()]
        return self.frames.pop(0)

    async def close(self) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, 5)


async def test_hello_watch_and_live_changes(hub: Any, app: FakeGate) -> None:
    hub.exchange.board.publish("lab", [["set", "x", 1]])
    socket = Socket(app)
    socket.send({"t": "hello", "version": 1})
    hello = await socket.next()
    assert (hello["t"], hello["name"], hello["epoch"]) == ("hello", "a deck", hub.exchange.board.epoch)
    socket.send({"t": "watch", "id": "w1", "topics": ["lab"]})
    assert (await socket.next())["state"] == {"x": 1}
    assert (await socket.next())["id"] == "w1"
    hub.exchange.board.publish("lab", [["set", "x", 2]])
    assert (await socket.next())["ops"] == [["set", "x", 2]]
    await socket.close()


async def test_a_batch_is_acknowledged_and_a_gap_named(hub: Any, app: FakeGate) -> None:
    socket = Socket(app)
    event = {"t": "patch", "topic": "lab", "ops": [["add", "n", {"k": 1}]]}
    socket.send({"t": "hello", "version": 1, "stream": "s"}, {**event, "batch": 1}, {**event, "batch": 1})
    assert (await socket.next())["acked"] == 0
    assert await socket.next() == {"t": "reply", "batch": 1, "acked": 1, "refused": []}
    socket.send({**event, "batch": 3})
    gap = await socket.next()
    assert (gap["batch"], gap["error"]["code"], gap["last"]) == (3, "gap", 1)
    assert hub.exchange.store.load("lab").values == {"n": {"k": 2}}
    await socket.close()


NONSENSE = ["{", "[" * 10_000, '{"t":"?"}', "17", '{"t":"watch","id":"w"}', '{"t":"patch","topic":"a","ops":[]}']


@pytest.mark.parametrize("bad", NONSENSE)
async def test_nonsense_is_answered_and_the_connection_goes_on(hub: Any, app: FakeGate, bad: str) -> None:
    socket = Socket(app)
    socket.send(bad)
    error = (await socket.next())["error"]
    assert error["code"]
    assert error["hint"]
    socket.send({"t": "watch", "id": "w", "topics": ["lab"]})
    assert (await socket.next())["missing"] is True
    await socket.close()


async def test_a_watched_list_has_entries_and_exits(hub: Any, app: FakeGate) -> None:
    board = hub.exchange.board
    for number in range(4):
        board.publish(f"run/{number}", [["set", "state", "running"], ["set", "started", number]])
    socket = Socket(app)
    query = {"kind": "run", "where": ["state = running"], "order": "-started", "limit": 2}
    socket.send({"t": "watch", "id": "w", "query": query})
    snapshots = {frame["topic"]: frame for frame in [await socket.next() for _ in range(3)]}
    reply = await socket.next()
    assert snapshots.pop(reply["topic"])["state"] == {"rows": {"run/3": 3, "run/2": 2}}
    assert set(snapshots) == {"run/3", "run/2"}
    board.publish("run/3", [["set", "state", "done"]])
    frames = [await socket.next() for _ in range(2)]
    while not any(frame["topic"] == "run/1" for frame in frames):
        frames.append(await socket.next())
    rows = [op for frame in frames if frame["topic"] == reply["topic"] for op in frame["ops"]]
    assert ["drop", "rows", "run/3"] in rows
    assert ["put", "rows", {"run/1": 1}] in rows
    entered = next(frame for frame in frames if frame["topic"] == "run/1")
    assert (entered["t"], entered["state"]["started"]) == ("snapshot", 1)
    socket.send({"t": "unwatch", "id": "w"})
    await socket.close()
    assert board.state(reply["topic"]) is None


async def test_a_guest_watches_and_does_nothing_else(hub: Any, app: FakeGate) -> None:
    socket = Socket(app, "guest")
    socket.send({"t": "hello", "version": 1, "stream": "g", "claims": ["script/a"]})
    (refused,) = (await socket.next())["refused"]
    assert (refused["topic"], refused["code"]) == ("script/a", "forbidden")
    socket.send({"t": "call", "id": "c", "topic": "script/a", "name": "trigger"})
    assert (await socket.next())["error"]["code"] == "forbidden"
    socket.send({"t": "patch", "topic": "lab", "ops": [["set", "x", 1]], "batch": 1})
    assert (await socket.next())["error"]["code"] == "forbidden"
    assert hub.exchange.streams.last("g") == 0
    assert hub.exchange.peers.owner("script/a") is None
    await socket.close()


async def test_a_call_goes_from_page_to_owner_and_back(hub: Any, app: FakeGate) -> None:
    owner, page = Socket(app, "producer"), Socket(app)
    owner.send({"t": "hello", "version": 1, "stream": "o", "claims": ["job/1"]})
    await owner.next()
    page.send({"t": "call", "id": "c1", "topic": "job/1", "name": "cancel", "args": {"x": 1}})
    call = await owner.next()
    assert (call["t"], call["by"], call["args"]) == ("call", "admin-1", {"x": 1})
    error = {"code": "busy", "message": "not now", "hint": "later", "more": 1}
    owner.send({"t": "reply", "id": call["id"], "error": error})
    reply = await page.next()
    assert (reply["id"], reply["error"]) == ("c1", error)
    await owner.close()
    page.send({"t": "call", "id": "c2", "topic": "job/1", "name": "cancel"})
    assert (await page.next())["error"]["code"] == "unclaimed"
    await page.close()


async def test_who_comes_back_with_its_stream_gets_its_calls_again(hub: Any, app: FakeGate) -> None:
    hello = {"t": "hello", "version": 1, "stream": "o", "claims": ["job/1"]}
    owner = Socket(app, "producer")
    owner.send(hello)
    await owner.next()
    result = asyncio.create_task(hub.exchange.calls.call("job/1", "cancel"))
    lost = await owner.next()
    await owner.close()
    again = Socket(app, "producer")
    again.send(hello)
    await again.next()
    assert await again.next() == lost
    again.send({"t": "reply", "id": lost["id"], "result": 7})
    assert await result == 7
    await again.close()


async def test_a_viewer_that_does_not_read_costs_nothing_and_stays(hub: Any, app: FakeGate) -> None:
    board = hub.exchange.board
    socket = Socket(app)
    socket.send({"t": "watch", "id": "w", "topics": ["lab"]})
    assert [(await socket.next())["t"] for _ in range(2)] == ["snapshot", "reply"]
    socket.fill()
    board.ring.limit = 10_000
    for number in range(200):
        board.publish("lab", [["set", "x", "." * 1000 + str(number)]])
        board.close()
        await asyncio.sleep(0)
    assert board.ring.size <= 10_000
    assert not socket.task.done()
    socket.drain()
    frames = [await socket.next() for _ in range(2)]
    assert (frames[-1]["t"], frames[-1]["state"]["x"][1000:]) == ("snapshot", "199")
    await socket.close()


async def test_what_can_be_written_at_once_never_passes_what_is_being_said(hub: Any, app: FakeGate) -> None:
    board = hub.exchange.board
    written: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def write(text: str) -> bool:
        written.put_nowait({"type": "websocket.send", "text": text})
        return True

    socket = Socket(app, write=write)
    socket.send({"t": "watch", "id": "w", "topics": ["lab"]})
    assert [(await socket.next())["t"] for _ in range(2)] == ["snapshot", "reply"]
    board.publish("lab", [["set", "x", 1]])
    board.close()
    assert json.loads(written.get_nowait()["text"])["ops"] == [["set", "x", 1]]
    # The answer to a watch is on its way while the other side is slow: a change waits behind it.
    socket.fill()
    socket.send({"t": "watch", "id": "v", "topics": ["other"]})
    for _ in range(10):
        await asyncio.sleep(0)
    board.publish("lab", [["set", "x", 2]])
    board.close()
    assert written.empty()
    socket.drain()
    frames = [await socket.next() for _ in range(3)]
    assert [frame["t"] for frame in frames] == ["snapshot", "reply", "patch"]
    await socket.close()


async def test_a_poll_asks_for_several_watches_at_once(hub: Any, client: httpx.AsyncClient) -> None:
    board = hub.exchange.board
    board.publish("lab", [["set", "x", 1]])

    async def poll(*frames: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await client.post("/api/live/poll", content="\n".join(json.dumps(frame) for frame in frames))
        return [json.loads(line) for line in answer.text.splitlines()]

    lab, wrong = {"t": "watch", "id": "a", "topics": ["lab"]}, {"t": "watch", "id": "b", "query": {"kind": "nothing"}}
    first = await poll(lab, wrong)
    assert [(frame["t"], frame.get("id")) for frame in first] == [("snapshot", None), ("reply", "a"), ("reply", "b")]
    assert first[-1]["error"]["code"] == "kind"
    board.publish("lab", [["set", "x", 2]])
    second = await poll({**lab, "epoch": board.epoch, "after": first[1]["seq"]}, {**lab, "id": "c"})
    assert [(frame["t"], frame.get("id")) for frame in second] == [
        ("patch", None),
        ("reply", "a"),
        ("snapshot", None),
        ("reply", "c"),
    ]
    assert (await client.post("/api/live/poll", content="no frame")).status_code == 400
    assert (await client.post("/api/live/poll", content='{"t": "unwatch", "id": "a"}')).status_code == 400


async def test_the_next_poll_of_a_list_brings_what_changed_of_it(hub: Any, client: httpx.AsyncClient) -> None:
    async def poll(**seen: Any) -> list[dict[str, Any]]:
        frame = {"t": "watch", "id": "a", "query": {"kind": "run"}, **seen}
        answer = await client.post("/api/live/poll", content=json.dumps(frame))
        return [json.loads(line) for line in answer.text.splitlines()]

    board = hub.exchange.board
    board.publish("run/a", [["set", "state", "running"]])
    first = await poll()
    assert {frame["topic"] for frame in first} == {"run/a", first[-1]["topic"]}
    nothing = await poll(epoch=board.epoch, after=first[-1]["seq"])
    assert [frame["t"] for frame in nothing] == ["reply"]
    board.publish("run/a", [["set", "state", "done"]])
    last = await poll(epoch=board.epoch, after=nothing[-1]["seq"])
    assert [frame.get("ops") for frame in last] == [[["set", "state", "done"]], None]


async def test_polls_bring_snapshots_then_patches(hub: Any, client: httpx.AsyncClient) -> None:
    board = hub.exchange.board
    board.publish("lab", [["set", "x", 1]])
    first = [json.loads(line) for line in (await client.get("/api/live/poll?topics=lab")).text.splitlines()]
    assert [frame["t"] for frame in first] == ["snapshot", "reply"]
    board.publish("lab", [["set", "x", 2]])
    params = {"topics": "lab", "epoch": board.epoch, "after": first[-1]["seq"]}
    second = [json.loads(line) for line in (await client.get("/api/live/poll", params=params)).text.splitlines()]
    assert [frame["t"] for frame in second] == ["patch", "reply"]
    params.update(after=second[-1]["seq"], wait=20)
    waiting = asyncio.create_task(client.get("/api/live/poll", params=params))
    for _ in range(100):
        await asyncio.sleep(0)
    assert any(interest.waiting for interest in board.audience)
    board.publish("lab", [["set", "x", 3]])
    third = [json.loads(line) for line in (await waiting).text.splitlines()]
    assert [frame.get("ops") for frame in third] == [[["set", "x", 3]], None]
    assert third[-1]["seq"] == 3
    assert (await client.get("/api/live/poll")).status_code == 400
