"""What is open on a session or token closes when that ends: WebSockets and streams alike, at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quarterdeck.web.writing import WRITE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from quarterdeck.hub.accounts.endings import Endings

ENDED = 4401


class Ending:
    """One request on one session or token."""

    def __init__(self, endings: Endings, key: str) -> None:
        self._endings = endings
        self._key = key
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending: asyncio.Task[Message] | None = None

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request; once that has ended the app hears of a disconnect and is heard no more."""
        stop = self._endings.listen(self._key, self._end)

        async def heard() -> Message:
            return await self._receive(scope, receive, send)

        async def said(message: Message) -> None:
            if scope["type"] == "http" or not self._ended.done():
                await send(message)

        try:
            await app(self._guarded(scope), heard, said)
        finally:
            stop()
            if self._pending is not None:
                self._pending.cancel()

    def _guarded(self, scope: Scope) -> Scope:
        """The scope, whose way to write at once ends with the session, too."""
        write = scope.get("extensions", {}).get(WRITE)
        if write is None:
            return scope
        guarded = {WRITE: lambda text: not self._ended.done() and write(text)}
        return {**scope, "extensions": {**scope["extensions"], **guarded}}

    async def _receive(self, scope: Scope, receive: Receive, send: Send) -> Message:
        if self._pending is None:
            self._pending = asyncio.ensure_future(receive())
        either: set[asyncio.Future[Any]] = {self._pending, self._ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self._ended.done() and not self._pending.done():
            return await self._disconnected(scope, send)
        message, self._pending = self._pending.result(), None
        return message

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    async def _disconnected(self, scope: Scope, send: Send) -> Message:
        if scope["type"] == "http":
            return {"type": "http.disconnect"}
        await send({"type": "websocket.close", "code": ENDED, "reason": "The session or token has ended."})
        return {"type": "websocket.disconnect", "code": ENDED}
