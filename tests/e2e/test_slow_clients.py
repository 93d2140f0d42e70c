"""Clients that never come to the end of a request keep nobody out, and lose their connection in time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from quarterdeck.web.prompt import Asking, prompt_protocol
from quarterdeck.web.serve import Server, listen

PATIENCE = 1.0
MOST = 20
HEAD = b"GET /%b HTTP/1.1\r\nhost: hub\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers when the request has come whole; /slow takes its time."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(2 * PATIENCE if scope["path"] == "/slow" else 0)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(params=["httptools", "h11"])
async def port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server on a port of its own, with each of uvicorn's protocols."""
    config = uvicorn.Config(app, http=request.param, lifespan="off", log_level="error", limit_concurrency=10 * MOST)
    config.load()
    monkeypatch.setattr("quarterdeck.web.prompt._Base", config.http_protocol_class)
    config.http_protocol_class = prompt_protocol(MOST, Asking(PATIENCE))
    server, bound = Server(config), listen("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve([bound]))
    yield bound.getsockname()[1]
    server.end()
    server.end()
    await serving


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def ask(port: int, path: bytes = b"") -> bytes:
    """One whole request; its answer's last bytes."""
    async with connected(port) as (reader, writer):
        writer.write(HEAD % path + b"\r\n")
        return (await reader.readuntil(b"ok"))[-2:]


async def trickle(port: int, begin: bytes, more: bytes) -> float:
    """Seconds until the server has cut who sends a little now and then."""
    async with connected(port) as (reader, writer):
        began = time.monotonic()
        writer.write(begin)
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(more)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE / 5):
                        assert await reader.read(100) == b""
        return time.monotonic() - began


async def test_half_open_connections_keep_nobody_out(port: int) -> None:
    slow = [asyncio.create_task(trickle(port, HEAD % b"", b"x: y\r\n")) for _ in range(3 * MOST)]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    assert await ask(port) == b"ok"
    assert time.monotonic() - began < PATIENCE / 2, "it waited for no slow one"
    async with asyncio.timeout(60):
        ages = await asyncio.gather(*slow)
    assert max(ages) < 3 * PATIENCE
    assert sum(age >= PATIENCE * 0.9 for age in ages) <= MOST


async def test_a_body_that_stops_is_cut_and_one_that_goes_on_is_not(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: hub\r\ncontent-length: 8\r\n\r\n"
    assert await trickle(port, head + b"12", b"") < 3 * PATIENCE
    async with connected(port) as (reader, writer):
        writer.write(head)
        for part in (b"12", b"34", b"56", b"78"):
            await asyncio.sleep(PATIENCE * 0.6)
            writer.write(part)
        assert (await reader.readuntil(b"ok"))[-2:] == b"ok"


async def test_who_waits_for_an_answer_and_asks_again_is_left_alone(port: int) -> None:
    assert await ask(port, b"slow") == b"ok"
    async with connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(HEAD % b"" + b"\r\n")
            assert (await reader.readuntil(b"ok"))[-2:] == b"ok"
            await asyncio.sleep(PATIENCE * 1.2)
