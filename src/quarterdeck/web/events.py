"""/api/live/events: a session whose messages come as server-sent events; what it is told comes by POST."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from quarterdeck.core.frames import MAX_MESSAGE
from quarterdeck.core.ops import Refused
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.session import Session
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response
from quarterdeck.web.leaving import left
from quarterdeck.web.watched import watch_frame

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from quarterdeck.hub.frames import Frame
    from quarterdeck.web.served import Account, Served

KEEP_ALIVE = 15.0
MOST_OPEN = 4
"""Event streams of one login: a browser has no more than six requests to one host under way, and needs some to ask."""
_UNREAD = 64
_LONGEST_ID = 128
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def routes(hub: Served) -> list[BaseRoute]:
    """The routes of server-sent events."""
    connections: dict[tuple[Account, str], Connection] = {}

    async def said(request: Request) -> Response:
        connection = connections.get((request.state.account, _id(request)))
        if connection is None:
            hint = "open GET /api/live/events?connection=ID first, and leave it open"
            raise Refused("missing", "no event stream of yours has this connection", hint)
        connection.hear(await request.body())
        return json_response({"ok": True})

    return [
        Route("/api/live/events", Events(hub, connections), methods=["GET"]),
        Route("/api/live/events", answering(said), methods=["POST"]),
    ]


class Events:
    """GET: follows the one watch of its address, or whatever is asked for by POST of the same ``connection=``."""

    def __init__(self, hub: Served, connections: dict[tuple[Account, str], Connection]) -> None:
        self._hub = hub
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        end = await answering(partial(self._follow, send))(Request(scope, receive))
        await end(scope, receive, send)

    async def _follow(self, send: Send, request: Request) -> Response:
        account, id = request.state.account, _id(request)
        first = None if id else _watch(request)
        if account.session is not None:
            self._check_open(account)
        key = account, id or secrets.token_hex(8)
        connection = self._connections[key] = Connection(self._hub, account, send)
        try:
            await connection.run(request, first)
        finally:
            if self._connections.get(key) is connection:
                del self._connections[key]
        return _End()

    def _check_open(self, account: Account) -> None:
        if sum(1 for owner, _ in self._connections if owner == account) >= MOST_OPEN:
            hint = "poll instead: GET /api/live/poll"
            raise Refused("too-many", f"one login has at most {MOST_OPEN} event streams", hint)


class Connection:
    """One client. Its answer begins with the first event, so that a first watch may still be refused by a status."""

    def __init__(self, hub: Served, account: Account, send: Send) -> None:
        self._epoch = hub.exchange.board.epoch
        self._send = send
        self._begun = False
        self._refusal: Refused | QuarterdeckError | None = None
        self._unread = 0  # bytes
        self._heard: asyncio.Queue[bytes] = asyncio.Queue(_UNREAD)
        self._session = Session(hub.exchange, self._tell, hub.accounts.rights(account), account.name)

    def hear(self, message: bytes) -> None:
        """Take a message that was posted; raises Refused."""
        self._unread += len(message)
        if self._heard.full() or self._unread > MAX_MESSAGE:
            self._unread -= len(message)
            hint = "read the events, and post one message after the other"
            raise Refused("too-many", f"{self._heard.qsize()} messages of this connection are unread", hint)
        self._heard.put_nowait(message)

    async def run(self, request: Request, first: Frame | None) -> None:
        """Follow until the client has gone, or may not go on; raises Refused if its first watch is not to be."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(self._session.run(self._read(first))), loop.create_task(left(request))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not self._begun:
            raise self._refusal or ClientDisconnect

    async def _read(self, first: Frame | None) -> None:
        try:
            await (self._comment("open") if first is None else self._session.watch(first))
        except (Refused, QuarterdeckError) as refusal:
            self._refusal = refusal
            return
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE):
                    message = await self._heard.get()
            except TimeoutError:
                await self._comment("still here")
            else:
                self._unread -= len(message)
                await self._session.receive(message)

    # --- what goes out

    async def _tell(self, text: str) -> None:
        """One message as one event; its id says up to which seq it brings its client."""
        data = "\n".join(f"data: {line}" for line in text.split("\n"))
        await self._write(f"id: {self._epoch}:{self._session.seq}\n{data}\n\n")

    async def _comment(self, text: str) -> None:
        await self._write(f": {text}\n\n")

    async def _write(self, text: str) -> None:
        if not self._begun:
            self._begun = True
            await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})


class _End(Response):
    """The end of an answer that has been given piece by piece."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _id(request: Request) -> str:
    id = request.query_params.get("connection", "")
    if len(id) > _LONGEST_ID:
        raise Refused("too-large", f"the id of a connection has {len(id)} characters", f"use at most {_LONGEST_ID}")
    return id


def _watch(request: Request) -> Frame:
    """The watch of the address, from where a browser that comes back by itself has been."""
    frame = watch_frame(request)
    epoch, _, seq = request.headers.get("last-event-id", "").partition(":")
    if seq.isdecimal() and len(seq) < 16:
        frame.update(epoch=epoch, after=int(seq))
    return frame
