"""What uvicorn's HTTP lacks: who does not come to the end of a request is cut off, and so keeps nobody out."""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENCE = 10.0
"""Seconds that the head of a request may take, and its body between two parts."""
_OWN_FILES = 200
_Base: Any = AutoHTTPProtocol


class Asking:
    """The connections whose request has not come whole, with the time of their last progress, the oldest first."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._since: dict[Any, float] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def begin(self, connection: Any) -> None:
        """It has begun to ask, now or before."""
        if connection not in self._since:
            self.go_on(connection)

    def go_on(self, connection: Any) -> None:
        """It has got on with asking."""
        loop = asyncio.get_running_loop()
        self._since.pop(connection, None)
        self._since[connection] = loop.time()
        if self._sweep is None:
            self._sweep = loop.call_later(self._patience, self._cut_late)

    def remove(self, connection: Any) -> None:
        """It has asked, or gone."""
        self._since.pop(connection, None)

    def cut_oldest(self) -> None:
        """Make room for one who asks faster."""
        self._cut(list(self._since)[:1])

    def _cut_late(self) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time() - self._patience
        self._cut([connection for connection, since in self._since.items() if since <= begun])
        oldest = next(iter(self._since.values()), None)
        self._sweep = None if oldest is None else loop.call_at(oldest + self._patience, self._cut_late)

    def _cut(self, connections: Iterable[Any]) -> None:
        for connection in connections:
            self.remove(connection)
            connection.transport.abort()


def prompt_protocol(most: int, asking: Asking) -> type[asyncio.Protocol]:
    """Uvicorn's own protocol, of which ``most`` connections are open: of more, the one that asks slowest goes."""

    class PromptProtocol(_Base):  # type: ignore[misc]  # which of uvicorn's two it is depends on what is installed
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            asking.begin(self)
            if len(self.connections) > most:
                asking.cut_oldest()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            # A WebSocket's connection is another protocol's from its request on.
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                asking.remove(self)
            elif self.cycle is None or self.cycle.response_complete:
                # The head is to come as a whole in time; a body only has to go on.
                asking.begin(self)
            elif self.cycle.more_body:
                asking.go_on(self)
            else:
                asking.remove(self)

        def connection_lost(self, exc: Exception | None) -> None:
            asking.remove(self)
            super().connection_lost(exc)

    return PromptProtocol


def most_connections(wanted: int) -> int:
    """As many as are wanted, if the system gives so many files to one process and leaves some for the hub's own."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return wanted if allowed == resource.RLIM_INFINITY else max(1, min(wanted, allowed - _OWN_FILES))
