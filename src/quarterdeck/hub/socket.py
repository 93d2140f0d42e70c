"""The unix socket, for the processes that the hub has started: messages are lines, closed by an empty one."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING

from quarterdeck.core.ops import Refused
from quarterdeck.hub.session import Session
from quarterdeck.hub.tasks import Tasks

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.session import Admit

MAX_MESSAGE = 4 * 2**20
_END = b"\n\n"
_HIGH_WATER = 256 * 1024


class SocketServer:
    """Listens at ``path`` (0600). ``admit`` gives the rights of a hello by its spawn token, None if it is not known."""

    def __init__(self, exchange: Exchange, path: Path, admit: Admit) -> None:
        self._exchange = exchange
        self._path = path
        self._admit = admit
        self._server: asyncio.Server | None = None
        self._connections = Tasks("a connection")

    async def start(self) -> None:
        """Begin to listen; what a hub that died has left at the path goes."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._connected, self._path, limit=MAX_MESSAGE)
        finally:
            os.umask(mask)

    async def close(self) -> None:
        """Stop listening and end all connections; the processes go on and look for the next hub."""
        if self._server is not None:
            self._server.close()
        self._connections.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.start(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(_HIGH_WATER)

        async def send(text: str) -> None:
            if writer.is_closing():
                raise ConnectionResetError("the other side has gone")
            writer.write(text.encode() + b"\n\n")
            await writer.drain()

        session = Session(self._exchange, send, admit=self._admit)
        try:
            await session.run(_read(reader, session))
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader, session: Session) -> None:
    while True:
        try:
            message = await reader.readuntil(_END)
        except asyncio.LimitOverrunError:
            hint = "send fewer events in one batch, and large values as blobs"
            await session.refuse(Refused("too-large", f"a message is over {MAX_MESSAGE} bytes", hint))
            return
        except asyncio.IncompleteReadError:
            return
        await session.receive(message)
