"""What uvicorn's WebSocket lacks: a text for many viewers is framed once, and written without waking a task for each.

It is an extension of ASGI: ``scope["extensions"][WRITE]`` takes a text, and returns whether it has been written.
"""

from __future__ import annotations

from functools import lru_cache

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State

WRITE = "quarterdeck.write"
_OPEN = State.OPEN  # a member of an enumeration is slow to look up


class WritingProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's own, with the extension."""

    async def run_asgi(self) -> None:
        """Run the app, which may write at once."""
        extensions: dict[str, object] = {**self.scope["extensions"], WRITE: self.write_now}
        self.scope["extensions"] = extensions  # type: ignore[typeddict-item]  # uvicorn's type knows no other ones
        await super().run_asgi()

    def write_now(self, text: str) -> bool:
        """Write a message unless the other side is slow or has gone; then it has to be sent as usual."""
        # The connection itself knows whether it is open; which flags uvicorn keeps beside it differs by version.
        open = self.conn.state is _OPEN and not self.transport.is_closing()
        if not open or not self.writable.is_set() or self.conn.extensions:
            return False
        self.transport.write(framed(text))
        return True


@lru_cache(maxsize=4)
def framed(text: str) -> bytes:
    """A text as a server sends it. The last few are kept: hundreds of viewers get the same."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
