"""What uvicorn's WebSocket lacks: a text for many viewers is framed once, and written without waking a task for each;
and what comes in can be left with the system for a while.

It is an extension of ASGI: ``scope["extensions"][WIRE]`` is the ``Wire`` of the connection.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

if TYPE_CHECKING:
    import asyncio

    from uvicorn._types import ASGISendEvent

WIRE = "quarterdeck.wire"


class WritingProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's own, with the extension."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        super().connection_made(transport)
        self.wire = Wire(self)

    async def run_asgi(self) -> None:
        """Run the app, which may use the wire."""
        if not self.conn.extensions:  # they would change what is written
            extensions: dict[str, object] = {**self.scope["extensions"], WIRE: self.wire}
            self.scope["extensions"] = extensions  # type: ignore[typeddict-item]  # uvicorn's type knows no other ones
        await super().run_asgi()

    def pause_writing(self) -> None:
        """See asyncio."""
        super().pause_writing()
        self.wire.slow = True

    def resume_writing(self) -> None:
        """See asyncio."""
        super().resume_writing()
        self.wire.slow = False

    async def send(self, message: ASGISendEvent) -> None:
        """See ASGI."""
        if message["type"] == "websocket.close":
            self.wire.end()
        await super().send(message)


class Wire:
    """Small, and past all layers: a border writes to hundreds, and what it touches of each has to be fetched."""

    __slots__ = ("_ended", "_protocol", "_transport", "slow")

    def __init__(self, protocol: WritingProtocol) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._ended = False
        self.slow = False  # the other side reads more slowly than we write

    def write(self, text: str) -> bool:
        """Write a message unless the other side is slow or has gone; then it has to be sent as usual."""
        if self.slow or self._ended or self._transport.is_closing():
            return False
        self._transport.write(framed(text))
        return True

    def end(self) -> None:
        """From now on nothing is written."""
        self._ended = True

    def hold(self) -> None:
        """Read nothing more for now; what comes wakes nobody."""
        self._transport.pause_reading()

    def release(self) -> None:
        """Read again."""
        # Uvicorn pauses while messages wait for the app, and resumes by itself.
        if not self._protocol.read_paused:
            self._transport.resume_reading()


@lru_cache(maxsize=4)
def framed(text: str) -> bytes:
    """A text as a server sends it. The last few are kept: hundreds of viewers get the same."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
