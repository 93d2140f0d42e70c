"""The unix socket: lines closed by an empty one, a token in hello, batches, calls."""

from __future__ import annotations

import asyncio
import json
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub.calls import CallFailed
from quarterdeck.hub.peers import worker
from quarterdeck.hub.socket import SocketServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio
HELLO = {"t": "hello", "version": 1, "stream": "w", "token": "good", "claims": ["script/a", "script/b"]}


class Child:
    """A process that the hub has started, as far as the socket can tell."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *frames: Any) -> None:
        lines = [frame if isinstance(frame, bytes) else json.dumps(frame).encode() for frame in frames]
        self.writer.write(b"\n".join(lines) + b"\n\n")

    async def next(self) -> Any:
        while line := await asyncio.wait_for(self.reader.readline(), 5):
            if line.strip():
                return json.loads(line)
        return None

    def close(self) -> None:
        self.writer.close()


@pytest_asyncio.fixture
async def server(exchange: Exchange, tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "hub.sock"
    path.write_text("left by a hub that died")
    served = SocketServer(exchange, path, lambda hello: worker("a") if hello.get("token") == "good" else None)
    await served.start()
    yield path
    await served.close()
    assert not path.exists()


async def connect(path: Path) -> Child:
    return Child(*await asyncio.open_unix_connection(path))


async def test_only_this_user_may_connect(server: Path) -> None:
    assert await asyncio.to_thread(lambda: stat.S_IMODE(server.stat().st_mode)) == 0o600


async def test_a_child_sends_and_is_called(exchange: Exchange, server: Path) -> None:
    child = await connect(server)
    child.send(HELLO)
    assert (await child.next())["acked"] == 0
    assert exchange.peers.owner("script/a").hello["token"] == "good"
    assert exchange.peers.owner("script/b") is None
    child.send(
        {"t": "patch", "topic": "script/a/panel/t", "ops": [["set", "text", "hi"]], "batch": 1},
        {"t": "patch", "topic": "script/b", "ops": [["set", "state", "idle"]], "batch": 1},
    )
    reply = await child.next()
    assert (reply["batch"], [refusal["topic"] for refusal in reply["refused"]]) == (1, ["script/b"])
    assert exchange.store.load("script/a/panel/t").values["text"] == "hi"
    call = asyncio.create_task(exchange.calls.call_peer("script/a", "run", {"run": "r"}, timeout=None))
    asked = await child.next()
    assert "deadline" not in asked
    child.send({"t": "reply", "id": asked["id"], "error": {"code": "broken", "message": "no", "traceback": "..."}})
    with pytest.raises(CallFailed) as failed:
        await call
    assert (failed.value.code, failed.value.error["traceback"]) == ("broken", "...")
    child.close()


async def test_a_wrong_token_is_told_and_shown_the_door(exchange: Exchange, server: Path) -> None:
    child = await connect(server)
    child.send({**HELLO, "token": "bad"})
    assert (await child.next())["error"]["code"] == "forbidden"
    assert await child.next() is None
    child.close()
    assert exchange.peers.owner("script/a") is None


async def test_before_hello_nothing_is_taken(exchange: Exchange, server: Path) -> None:
    child = await connect(server)
    event = {"t": "patch", "topic": "lab", "ops": [["set", "x", 1]], "batch": 1}
    child.send(event, {"t": "watch", "id": "w", "prefix": ""})
    codes = {(await child.next())["error"]["code"] for _ in range(2)}
    assert codes == {"no-stream", "forbidden"}
    assert exchange.board.state("lab") is None
    child.close()


async def test_who_floods_a_line_is_told_and_harms_nobody(exchange: Exchange, server: Path) -> None:
    child = await connect(server)
    child.writer.write(b"x" * (5 * 2**20))
    assert (await child.next())["error"]["code"] == "too-large"
    child.close()
    good = await connect(server)
    good.send(HELLO)
    assert (await good.next())["t"] == "hello"
    good.close()


class Gone:
    """A writer whose other side has gone, under an event loop that bears no writing to it."""

    transport = SimpleNamespace(set_write_buffer_limits=lambda _high: None)

    def is_closing(self) -> bool:
        return True

    def write(self, _data: bytes) -> None:
        raise RuntimeError("the handle is closed")

    def close(self) -> None:
        pass


async def test_who_leaves_without_reading_is_written_nothing_more(
    exchange: Exchange, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"nonsense\n\n" * 20)
    reader.feed_eof()
    await SocketServer(exchange, tmp_path / "s", lambda _hello: None)._serve(reader, Gone())  # type: ignore[arg-type]
    assert caplog.records == []


async def test_a_batch_counts_even_if_a_patch_of_it_is_nonsense(exchange: Exchange, server: Path) -> None:
    child = await connect(server)
    child.send(HELLO)
    await child.next()
    event = {"t": "patch", "topic": "lab", "ops": [], "batch": 1}
    child.send({**event, "topic": 7, "ops": "?"}, event)
    assert [refusal["code"] for refusal in (await child.next())["refused"]] == ["malformed"]
    assert exchange.streams.last("w") == 1
    child.close()


async def test_who_is_gone_is_no_owner(exchange: Exchange, server: Path) -> None:
    heard: list[bool] = []
    gone = asyncio.Event()
    exchange.peers.listen(lambda _peer, here: (heard.append(here), None if here else gone.set())[1])
    child = await connect(server)
    child.send(HELLO)
    await child.next()
    child.close()
    await asyncio.wait_for(gone.wait(), 5)
    assert heard == [True, False]
    assert exchange.peers.owner("script/a") is None
