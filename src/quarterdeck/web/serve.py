"""Listens, and runs the web's server around a hub until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from typing import TYPE_CHECKING

import uvicorn

from quarterdeck.errors import QuarterdeckError
from quarterdeck.web.leaving import ENDING
from quarterdeck.web.prompt import Asking, most_connections, prompt_protocol
from quarterdeck.web.writing import WritingProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
    from typing import Any

    from starlette.types import ASGIApp

FIRST_PORT, LAST_PORT = 8080, 8099
_FRAME = 1 << 20  # bytes of one WebSocket message
_CONNECTIONS = 4000
_TICK = 1  # seconds
_GRACE = 2  # seconds that open requests have at the end


class PortError(QuarterdeckError):
    """No port to listen on; ``code`` is port-taken, port-denied or host-unknown."""


def listen(host: str, port: int | None) -> socket.socket:
    """A bound socket: on ``port``, or, if none was asked for, on the first free one of 8080 to 8099.

    Raises PortError.
    """
    if port is not None:
        return _bind_that(host, port)
    found = _first_free(host, range(FIRST_PORT, LAST_PORT + 1))
    if found is not None:
        return found
    hint = "Name another one: quarterdeck up --port PORT"
    raise PortError("port-taken", f"All ports from {FIRST_PORT} to {LAST_PORT} on {host} are taken.", hint)


def listen_at_both_ends(host: str, ports: Iterable[int]) -> tuple[socket.socket, socket.socket]:
    """Bound sockets on the lowest and on the highest free one of these ports; raises PortError if no two are free."""
    rising = sorted(set(ports))
    lowest = _first_free(host, rising)
    highest = _first_free(host, rising[::-1])
    if lowest is not None and highest is not None:
        return lowest, highest
    for bound in (lowest, highest):
        if bound is not None:
            bound.close()
    shown = f"of {rising[0]} to {rising[-1]}" if rising else "of none"
    raise PortError("port-taken", f"There are no two free ports {shown} on {host}.", "Name a wider range of ports.")


def _first_free(host: str, ports: Iterable[int]) -> socket.socket | None:
    for port in ports:
        try:
            return _bind(host, port)
        except PortError as error:
            if error.code == "host-unknown":
                raise
    return None


def _bind_that(host: str, port: int) -> socket.socket:
    """On the port that was asked for; to find out who has it instead takes a while."""
    try:
        return _bind(host, port)
    except PortError as error:
        if error.code != "port-taken":
            raise
        raise PortError(error.code, f"{error.message[:-1]}{_owner(port)}.", error.hint) from None


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise PortError("host-unknown", f"There is no address {host!r} here: {error}.", "Use 127.0.0.1.") from None
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(1024)
    except PermissionError:
        bound.close()
        hint = "Ports below 1024 are for root; choose another."
        raise PortError("port-denied", f"This user may not listen on port {port}.", hint) from None
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise PortError("host-unknown", f"This machine has no address {host!r}.", "Use 127.0.0.1.") from None
        message = f"Port {port} on {host} is taken."
        raise PortError("port-taken", message, "Stop that, or name another port: --port PORT") from None
    bound.setblocking(False)
    return bound


def _owner(port: int) -> str:
    """Who listens there, as far as this user may know."""
    import psutil  # noqa: PLC0415  # needed for this message alone

    try:
        for found in psutil.net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port and found.pid:
                return f" by {psutil.Process(found.pid).name()}, process {found.pid}"
    except psutil.Error:
        return ""
    return ""


class Server(uvicorn.Server):
    """Uvicorn, without its way to take signals: ours ends the hub before the process; nor looks it about so often."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        """Answer what is open, then end; told again, end at once."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._told.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; each request can wait for the end, so that none is held beyond it."""
        self.lifespan.state[ENDING] = self._told
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Renew the date of the answers until told to end; uvicorn wakes up ten times for each, in vain."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _TICK)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def serve(
    app: ASGIApp,
    sockets: Sequence[socket.socket],
    ready: Callable[[], None],
    beside: int | None = None,
    over: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Answer requests until SIGTERM or Ctrl-C, until the pipe ``beside`` is closed at its other end, or it is ``over``.

    ``ready`` is called when the first request would be answered.
    """
    most = most_connections(_CONNECTIONS)
    config = uvicorn.Config(
        app,
        http=prompt_protocol(most, Asking()),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws=WritingProtocol,
        ws_max_size=_FRAME,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=most,
        timeout_graceful_shutdown=_GRACE,
    )
    server = Server(config)
    loop = asyncio.get_running_loop()

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, server.end)
    if beside is not None:
        _end_with(beside, server.end)
    if over is not None:
        ending = loop.create_task(over())
        ending.add_done_callback(lambda _: server.end())
    loop.call_soon(ready)
    await server.serve(sockets=list(sockets))


def _end_with(pipe: int, end: Callable[[], None]) -> None:
    """Nothing is ever written to the pipe: that it can be read means that whoever holds its other end is gone."""
    loop = asyncio.get_running_loop()

    def closed() -> None:
        loop.remove_reader(pipe)
        end()

    loop.add_reader(pipe, closed)
