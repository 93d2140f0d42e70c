"""What is open on a session or token closes when that ends: WebSockets and streams alike, at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quarterdeck.web.writing import WIRE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from quarterdeck.hub.accounts.endings import Endings
    from quarterdeck.web.writing import Wire

ENDED = 4401


class Ending:
    """One request or WebSocket on one session or token."""

    def __init__(self, endings: Endings, key: str) -> None:
        self._endings = endings
        self._key = key
        self._ended = False
        self._wait: asyncio.Timeout | None = None
        self._wire: Wire | None = None

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app until it is done, or has no business to go on."""
        run = self._run_socket if scope["type"] == "websocket" else self._run_request
        self._wire = scope.get("extensions", {}).get(WIRE)
        stop = self._endings.listen(self._key, self._end)
        try:
            await run(app, scope, receive, send)
        finally:
            stop()

    def _end(self) -> None:
        self._ended = True
        if self._wire is not None:
            self._wire.end()
        if self._wait is not None:
            # A time that has come: so what waits for something else hears of the end, and pays nothing until then.
            self._wait.reschedule(asyncio.get_running_loop().time())

    async def _run_socket(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket ends where it stands, is heard no more, and is closed."""

        async def said(message: Message) -> None:
            if not self._ended:
                await send(message)

        try:
            async with asyncio.timeout(None) as self._wait:
                await app(scope, receive, said)
        except TimeoutError:
            if not self._ended:
                raise
            await send({"type": "websocket.close", "code": ENDED, "reason": "The session or token has ended."})

    async def _run_request(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """A request that listens hears of a disconnect; one that works goes on: it may be the logout itself."""

        async def heard() -> Message:
            return await self._heard(receive) or {"type": "http.disconnect"}

        await app(scope, heard, send)

    async def _heard(self, receive: Receive) -> Message | None:
        """The next message; None once the session or token has ended."""
        if self._ended:
            return None
        try:
            async with asyncio.timeout(None) as self._wait:
                return await receive()
        except TimeoutError:
            if not self._ended:
                raise
            return None
        finally:
            self._wait = None
