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
from quarterdeck.web.writing import WRITE, WritingProtocol, framed

pytestmark = pytest.mark.asyncio


class Wire(asyncio.Transport):
    """Keeps what the server writes, for the client to read."""

    def __init__(self, client: ClientProtocol) -> None:
        super().__init__()
        self.client = client
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.client.receive_data(bytes(data))

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        """It is all in memory."""

    def resume_reading(self) -> None:
        """It is all in memory."""


class Talk:
    """A connection whose app does nothing but say what it was given."""

    def __init__(self) -> None:
        self.scope: Any = None
        self.over = asyncio.Event()
        self.accepted = asyncio.Event()
        self.client = ClientProtocol(parse_uri("ws://hub/"))
        self.wire = Wire(self.client)
        config = uvicorn.Config(self._app, ws=WritingProtocol, ws_per_message_deflate=False, interface="asgi3")
        config.load()
        loop = asyncio.get_running_loop()
        self.server = WritingProtocol(config=config, server_state=ServerState(), app_state={}, _loop=loop)
        self.server.connection_made(self.wire)
        self.client.send_request(self.client.connect())
        self._hear()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await receive()
        await send({"type": "websocket.accept"})
        self.accepted.set()
        await self.over.wait()

    def _hear(self) -> None:
        for data in self.client.data_to_send():
            self.server.data_received(data)

    def texts(self) -> list[str]:
        frames = [event for event in self.client.events_received() if isinstance(event, Frame)]
        return [bytes(frame.data).decode() for frame in frames if frame.opcode is Opcode.TEXT]

    async def begun(self) -> Any:
        await asyncio.wait_for(self.accepted.wait(), 5)
        return self.scope["extensions"][WRITE]

    async def end(self) -> None:
        self.over.set()
        self.server.connection_lost(None)
        await asyncio.sleep(0)


async def test_texts_of_any_length_arrive_whole() -> None:
    talk = Talk()
    write = await talk.begun()
    texts = ["", "é" * 62, "a" * 125, "b" * 126, "c" * 65_536]
    assert [write(text) for text in texts] == [True] * 5
    assert talk.texts() == texts
    assert framed(texts[-1]) is framed(texts[-1])
    await talk.end()


async def test_nothing_is_written_to_who_is_slow_or_gone() -> None:
    talk = Talk()
    write = await talk.begun()
    talk.server.pause_writing()
    assert not write("too fast")
    talk.server.resume_writing()
    assert write("again")
    talk.wire.close()
    assert not write("too late")
    assert talk.texts() == ["again"]
    await talk.end()


async def test_nothing_is_written_behind_a_close() -> None:
    talk = Talk()
    write = await talk.begun()
    await talk.server.send({"type": "websocket.close", "code": 1000})
    assert not write("too late")
    assert talk.texts() == []
    await talk.end()


class Sessions:
    """Sessions that end when the test says so."""

    def listen(self, key: str, ended: Any) -> Any:
        self.end = ended
        return lambda: None


async def test_the_end_of_a_session_ends_writing_at_once() -> None:
    sessions, written, given = Sessions(), [], []
    scope = {"type": "websocket", "extensions": {WRITE: lambda text: written.append(text) or True, "other": 1}}

    async def app(inner: Any, receive: Any, send: Any) -> None:
        write = inner["extensions"][WRITE]
        given.append(inner["extensions"]["other"])
        assert write("before")
        sessions.end()
        assert not write("after")

    async def never() -> Any:
        await asyncio.Event().wait()

    await Ending(sessions, "key").run(app, scope, never, never)  # type: ignore[arg-type]
    assert (written, given) == (["before"], [1])
