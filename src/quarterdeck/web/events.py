"""GET /api/live/events: what a WebSocket would bring, as server-sent events; the browser resumes by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse
from starlette.routing import Route

from quarterdeck.hub.delivery.viewer import Viewer
from quarterdeck.hub.session import LINGER
from quarterdeck.hub.watching import Watcher
from quarterdeck.web.answering import answering
from quarterdeck.web.watched import watch_frame

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.web.served import Served

KEEP_ALIVE = 15.0
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def routes(hub: Served) -> list[BaseRoute]:
    """The route of server-sent events."""

    async def events(request: Request) -> Response:
        return await _events(hub, request)

    return [Route("/api/live/events", answering(events), methods=["GET"])]


async def _events(hub: Served, request: Request) -> Response:
    exchange = hub.exchange
    epoch, _, seq = request.headers.get("last-event-id", "").partition(":")
    frame = watch_frame(request)
    if seq.isdecimal() and len(seq) < 16:
        frame.update(epoch=epoch, after=int(seq))
    viewer = Viewer(exchange.board, exchange.windows)
    watcher = Watcher(exchange, viewer)
    try:
        first = await watcher.watch(frame, hub.accounts.rights(request.state.account))
    except BaseException:
        watcher.close()
        raise
    stream = _stream(exchange, viewer, watcher, first)
    return StreamingResponse(stream, headers=_HEADERS, media_type="text/event-stream")


async def _stream(exchange: Exchange, viewer: Viewer, watcher: Watcher, first: str) -> AsyncIterator[str]:
    """Each message with the seq up to which it brings its client; the client has gone when this is closed."""
    waiting: asyncio.Task[Any] | None = None
    try:
        yield _event(exchange, viewer, first)
        while True:
            waiting = waiting or asyncio.get_running_loop().create_task(viewer.wait())
            done, _ = await asyncio.wait({waiting}, timeout=KEEP_ALIVE)
            if not done:
                yield ": still here\n\n"
                continue
            waiting = None
            text = await viewer.take()
            if text:
                yield _event(exchange, viewer, text)
    finally:
        if waiting is not None:
            waiting.cancel()
        watcher.close(LINGER)


def _event(exchange: Exchange, viewer: Viewer, text: str) -> str:
    data = "\n".join(f"data: {line}" for line in text.split("\n"))
    return f"id: {exchange.board.epoch}:{viewer.seq}\n{data}\n\n"
