"""The live protocol over server-sent events, and what is said to them by POST."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.hub.accounts.accounts import Account

if TYPE_CHECKING:
    from conftest import FakeGate

pytestmark = pytest.mark.asyncio
ADMIN = Account("ada", "admin", session="her login", csrf="c", user="ada")


class Stream:
    """The client's end of one event stream; ``account`` is whom the gate lets in."""

    def __init__(self, app: FakeGate, query: str, account: Account = ADMIN, *headers: tuple[bytes, bytes]) -> None:
        self.outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(1)  # who does not read holds up the hub's writing
        self.id = ""
        self._account = account
        self._app = app.app
        self._query = query
        self._gone = asyncio.Event()
        scope = self._scope("GET", list(headers))
        self.task = asyncio.create_task(self._app(scope, self._receive, self._send))

    def _scope(self, method: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        return {
            "type": "http", "method": method, "path": "/api/live/events", "raw_path": b"/", "root_path": "",
            "query_string": self._query.encode(), "headers": headers, "scheme": "http", "server": ("hub", 80),
            "asgi": {"spec_version": "2.3"}, "state": {"account": self._account},
        }  # fmt: skip

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if not self._gone.is_set():
            await self.outbox.put(message)

    async def status(self) -> int:
        return int((await asyncio.wait_for(self.outbox.get(), 5))["status"])

    async def next(self) -> list[dict[str, Any]]:
        """The frames of the next event."""
        lines = (await asyncio.wait_for(self.outbox.get(), 5))["body"].decode().splitlines()
        self.id = next((line[4:] for line in lines if line.startswith("id: ")), self.id)
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]

    async def say(self, *frames: Any, account: Account | None = None) -> int:
        """Post frames; the status."""
        body = "\n".join(map(json.dumps, frames)).encode()
        scope = {**self._scope("POST", []), "state": {"account": account or self._account}}
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive, send)
        return int(sent[0]["status"])

    async def close(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, 5)


async def test_one_watch_of_the_address_carries_where_to_go_on(hub: Any, app: FakeGate) -> None:
    board = hub.exchange.board
    board.publish("lab", [["set", "x", 1]])
    stream = Stream(app, "topics=lab")
    start = await stream.outbox.get()
    assert dict(start["headers"])[b"content-type"].startswith(b"text/event-stream")
    assert [frame["t"] for frame in await stream.next()] == ["snapshot", "reply"]
    assert stream.id == f"{board.epoch}:1"
    board.publish("lab", [["set", "x", 2]])
    assert [frame["ops"] for frame in await stream.next()] == [[["set", "x", 2]]]
    assert stream.id == f"{board.epoch}:2"
    await stream.close()
    board.publish("lab", [["set", "x", 3]])
    again = Stream(app, "topics=lab", ADMIN, (b"last-event-id", stream.id.encode()))
    assert await again.status() == 200
    assert [frame.get("ops") for frame in await again.next()] == [[["set", "x", 3]], None]
    await again.close()


async def test_a_connection_watches_whatever_is_posted_to_it(hub: Any, app: FakeGate) -> None:
    board = hub.exchange.board
    stream = Stream(app, "connection=c1")
    assert await stream.status() == 200
    assert await stream.next() == []  # begun, so that a browser knows that it is open
    assert await stream.say({"t": "hello", "version": 1}, {"t": "watch", "id": "w1", "topics": ["lab"]}) == 200
    assert [frame["t"] for frame in await stream.next()] == ["hello"]
    assert [frame["t"] for frame in await stream.next()] == ["snapshot", "reply"]
    await stream.say({"t": "watch", "id": "w2", "prefix": "job"}, {"t": "unwatch", "id": "w1"})
    assert [frame["id"] for frame in await stream.next()] == ["w2"]
    board.publish("lab", [["set", "x", 1]])
    board.publish("job/1", [["set", "x", 2]])
    assert [frame["topic"] for frame in await stream.next()] == ["job/1"]
    await stream.say("nonsense")
    assert (await stream.next())[0]["error"]["code"] == "malformed"
    await stream.close()
    assert len(hub.exchange.peers) == 0
    assert await stream.say({"t": "watch", "id": "w3", "topics": ["lab"]}) == 404


async def test_nobody_speaks_on_the_connection_of_another(app: FakeGate) -> None:
    stream = Stream(app, "connection=c1")
    assert await stream.status() == 200
    other = ADMIN._replace(session="another login")
    assert await stream.say({"t": "hello", "version": 1}, account=other) == 404
    assert await stream.say({"t": "hello", "version": 1}) == 200
    await stream.close()


async def test_a_guest_speaks_and_may_only_watch(hub: Any, app: FakeGate) -> None:
    stream = Stream(app, "connection=c1", Account("gil", "guest", session="his login"))
    assert (await stream.status(), await stream.next()) == (200, [])
    await stream.say({"t": "hello", "version": 1, "stream": "g"})
    await stream.next()
    await stream.say({"t": "patch", "topic": "lab", "ops": [["set", "x", 1]], "batch": 1})
    assert (await stream.next())[0]["error"]["code"] == "forbidden"
    await stream.say({"t": "call", "id": "c", "topic": "script/a", "name": "trigger"})
    assert (await stream.next())[0]["error"]["code"] == "forbidden"
    assert hub.exchange.board.state("lab") is None
    await stream.close()


async def test_a_login_keeps_requests_free_for_asking(app: FakeGate) -> None:
    open = [Stream(app, f"connection=c{number}") for number in range(4)]
    assert [await stream.status() for stream in open] == [200] * 4
    assert await Stream(app, "connection=c5").status() == 400
    program = Stream(app, "connection=c5", Account("ci", "guest", token="t"))
    assert await program.status() == 200
    await open.pop().close()
    again = Stream(app, "connection=c5")
    assert await again.status() == 200
    for stream in (*open, program, again):
        await stream.close()


async def test_who_floods_a_connection_is_told(app: FakeGate) -> None:
    stream = Stream(app, "connection=c1")
    assert await stream.status() == 200
    # Nothing here waits, so that the hub comes to reading none of it.
    statuses = [await stream.say({"t": "unwatch", "id": "w"}) for _ in range(70)]
    assert statuses == [200] * 64 + [400] * 6
    assert await stream.next() == []
    large = {"t": "unwatch", "id": "w", "more": "." * 600_000}
    await asyncio.sleep(0)
    assert [await stream.say(large) for _ in range(3)] == [200, 400, 400]
    await asyncio.sleep(0)
    assert await stream.say({"t": "watch", "id": "w", "topics": ["lab"]}) == 200
    assert [frame["t"] for frame in await stream.next()] == ["snapshot", "reply"]
    await stream.close()


async def test_what_is_refused_at_once_is_refused_by_a_status(hub: Any, app: FakeGate) -> None:
    producer = Account("p", "producer", token="t")
    assert await Stream(app, "prefix=script", producer).status() == 403
    assert await Stream(app, "").status() == 400
    assert await Stream(app, f"connection={'x' * 129}").status() == 413
    assert not list(hub.exchange.peers)
