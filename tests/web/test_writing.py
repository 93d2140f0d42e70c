"""Uvicorn's WebSocket with our way to write at once, over a transport of memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from quarterdeck.web.ending import Ending
from quarterdeck.web.writing import WIRE, Wire, WritingProtocol, framed

pytestmark = pytest.mark.asyncio


class Pipe(asyncio.Transport):
    """Keeps what the server writes, for the client to read; all else is in memory."""

    def __init__(self, client: ClientProtocol) -> None:
        super().__init__()
        self.client = client
        self.closing = False
        self.reads = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.client.receive_data(bytes(data))

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


class Talk:
    """A connection whose app does nothing but say what it was given."""

    def __init__(self) -> None:
        self.scope: Any = None
        self.receive: Any = None
        self.over = asyncio.Event()
        self.accepted = asyncio.Event()
        self.client = ClientProtocol(parse_uri("ws://hub/"))
        self.pipe = Pipe(self.client)
        config = uvicorn.Config(self._app, ws=WritingProtocol, ws_per_message_deflate=False, interface="asgi3")
        config.load()
        loop = asyncio.get_running_loop()
        self.server = WritingProtocol(config=config, server_state=ServerState(), app_state={}, _loop=loop)
        self.server.connection_made(self.pipe)
        self.client.send_request(self.client.connect())
        self.hear()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await receive()
        self.receive = receive
        await send({"type": "websocket.accept"})
        self.accepted.set()
        await self.over.wait()

    def hear(self) -> None:
        for data in self.client.data_to_send():
            self.server.data_received(data)

    def texts(self) -> list[str]:
        frames = [event for event in self.client.events_received() if isinstance(event, Frame)]
        return [bytes(frame.data).decode() for frame in frames if frame.opcode is Opcode.TEXT]

    async def begun(self) -> Wire:
        await asyncio.wait_for(self.accepted.wait(), 5)
        wire: Wire = self.scope["extensions"][WIRE]
        return wire

    async def end(self) -> None:
        self.over.set()
        self.server.connection_lost(None)
        await asyncio.sleep(0)


async def test_texts_of_any_length_arrive_whole() -> None:
    talk = Talk()
    write = (await talk.begun()).write
    texts = ["", "é" * 62, "a" * 125, "b" * 126, "c" * 65_536]
    assert [write(text) for text in texts] == [True] * 5
    assert talk.texts() == texts
    assert framed(texts[-1]) is framed(texts[-1])
    await talk.end()


async def test_nothing_is_written_to_who_is_slow_or_gone() -> None:
    talk = Talk()
    write = (await talk.begun()).write
    talk.server.pause_writing()
    assert not write("too fast")
    talk.server.resume_writing()
    assert write("again")
    talk.pipe.close()
    assert not write("too late")
    assert talk.texts() == ["again"]
    await talk.end()


async def test_nothing_is_written_behind_a_close() -> None:
    talk = Talk()
    write = (await talk.begun()).write
    await talk.server.send({"type": "websocket.close", "code": 1000})
    assert not write("too late")
    assert talk.texts() == []
    await talk.end()


async def test_what_is_held_is_not_read_until_it_is_released() -> None:
    talk = Talk()
    wire = await talk.begun()
    wire.hold()
    assert not talk.pipe.reads
    wire.release()
    assert talk.pipe.reads
    # While a message waits for the app, it is uvicorn that goes on when the app has taken it.
    talk.client.send_text(b"hello")
    talk.hear()
    wire.hold()
    wire.release()
    assert not talk.pipe.reads
    assert (await talk.receive())["text"] == "hello"
    assert talk.pipe.reads
    await talk.end()


class Sessions:
    """Sessions that end when the test says so."""

    def listen(self, key: str, ended: Any) -> Any:
        self.end = ended
        return lambda: None


async def test_the_end_of_a_session_ends_writing_at_once() -> None:
    talk, sessions = Talk(), Sessions()
    wire = await talk.begun()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["extensions"][WIRE].write("before")
        sessions.end()
        assert not scope["extensions"][WIRE].write("after")

    async def never() -> Any:
        await asyncio.Event().wait()

    scope = {"type": "websocket", "extensions": {WIRE: wire}}
    await Ending(sessions, "key").run(app, scope, never, never)  # type: ignore[arg-type]
    assert talk.texts() == ["before"]
    await talk.end()
