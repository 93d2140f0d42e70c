"""No body is larger than it may be, whatever its Content-Length says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from quarterdeck.web.errors import error_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 1 << 20  # bytes, as a frame of the WebSocket


class BodyLimit:
    """One request: beyond the limit the app hears of a disconnect and the answer is 413."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST) -> None:
        self._app = app
        self._largest = largest
        self._size = 0
        self._answered = False
        self._over = False

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request."""

        async def counted() -> Message:
            message = await receive()
            self._size += len(message.get("body", b""))
            self._over = self._over or self._size > self._largest
            return {"type": "http.disconnect"} if self._over else message

        async def said(message: Message) -> None:
            if not self._over or self._answered:
                self._answered = True
                await send(message)

        try:
            await self._app(scope, counted, said)
        except ClientDisconnect:
            if not self._over:
                raise
        if self._over and not self._answered:
            hint = f"Send less at once: the most is {self._largest:,} bytes."
            await error_response(413, "body-too-large", "The body is too large.", hint)(scope, receive, send)
