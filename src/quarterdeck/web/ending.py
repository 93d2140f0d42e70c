"""What is open on a session or token closes when that ends: WebSockets and streams alike, at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

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
        self._ended = False
        self._listening: asyncio.Timeout | None = None

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request; once that has ended the app hears of a disconnect and is heard no more."""
        stop = self._endings.listen(self._key, self._end)

        async def heard() -> Message:
            return await self._receive(receive) or await self._disconnected(scope, send)

        async def said(message: Message) -> None:
            if scope["type"] == "http" or not self._ended:
                await send(message)

        try:
            await app(self._guarded(scope), heard, said)
        finally:
            stop()

    def _guarded(self, scope: Scope) -> Scope:
        """The scope, whose way to write at once ends with the session, too."""
        write = scope.get("extensions", {}).get(WRITE)
        if write is None:
            return scope
        guarded = {WRITE: lambda text: not self._ended and write(text)}
        return {**scope, "extensions": {**scope["extensions"], **guarded}}

    async def _receive(self, receive: Receive) -> Message | None:
        """The next message; None once the session or token has ended."""
        if self._ended:
            return None
        try:
            async with asyncio.timeout(None) as self._listening:
                return await receive()
        except TimeoutError:
            if not self._ended:
                raise
            return None
        finally:
            self._listening = None

    def _end(self) -> None:
        self._ended = True
        if self._listening is not None:
            # A time that has come: it is the one way to end a wait that costs nothing until then.
            self._listening.reschedule(asyncio.get_running_loop().time())

    async def _disconnected(self, scope: Scope, send: Send) -> Message:
        if scope["type"] == "http":
            return {"type": "http.disconnect"}
        await send({"type": "websocket.close", "code": ENDED, "reason": "The session or token has ended."})
        return {"type": "websocket.disconnect", "code": ENDED}
