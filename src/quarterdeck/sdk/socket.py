"""The unix socket of the hub on this machine: lines of JSON, a message closed by an empty line."""

from __future__ import annotations

import contextlib
import socket
import threading

from quarterdeck.sdk.lines import decode_line, encode_batch, encode_line, encode_lines
from quarterdeck.sdk.transport import Denied, loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from quarterdeck.sdk.blob import Blob
    from quarterdeck.sdk.frame import Frame
    from quarterdeck.sdk.outbox import Batch
    from quarterdeck.sdk.transport import Link

HELLO_TIMEOUT = 10.0


class SocketTransport:
    """A connection to the hub's unix socket, with a thread that reads it."""

    window = 4

    def __init__(self, path: str) -> None:
        self.path = path
        self._url: str | None = None
        self._socket: socket.socket | None = None

    def open(self, link: Link) -> int | None:
        """See Transport."""
        self.close()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(HELLO_TIMEOUT)
            connection.connect(self.path)
            connection.sendall(encode_line(link.hello) + b"\n\n")
            lines = connection.makefile("rb")
            welcome = _read_welcome(lines)
            connection.settimeout(None)
        except BaseException:
            connection.close()
            raise
        self._socket = connection
        self._url = welcome.get("url")
        threading.Thread(target=_read, args=(lines, link), name="quarterdeck-reader", daemon=True).start()
        acked: int | None = welcome.get("acked")
        return acked

    def send(self, batch: Batch | None, replies: list[Frame]) -> None:
        """See Transport."""
        if self._socket is None:
            raise OSError("the connection to the hub is closed")
        message = b"" if batch is None else encode_batch(batch) + b"\n"
        if replies:
            message += encode_lines(replies) + b"\n"
        self._socket.sendall(message)

    def put(self, blob: Blob) -> None:
        """See Transport.  Over HTTP: a socket's messages are for frames."""
        with loading:
            from quarterdeck.sdk.put import put  # http is heavy
        put(*self.find(), blob)

    def close(self) -> None:
        """See Transport."""
        connection, self._socket = self._socket, None
        if connection is not None:
            with contextlib.suppress(OSError):  # It may have ended already.
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def find(self) -> tuple[str, str | None]:
        """See Transport.  The hub tells what it starts by its hello, and the token by the environment."""
        from quarterdeck.sdk.discovery import find  # for those who watch or put blobs

        return find(self._url, None)

    def forget(self) -> None:
        """See Transport.  Not shut down: the parent goes on using the connection."""
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()


def _read_welcome(lines: BinaryIO) -> Frame:
    while line := lines.readline():
        if line.strip():
            frame = decode_line(line)
            if frame.get("t") == "hello":
                return frame
            error = frame.get("error") or {}
            raise Denied(f"the hub refused the connection: {error.get('message', frame)}")
    raise ConnectionResetError("the hub closed the connection before it said hello")


def _read(lines: BinaryIO, link: Link) -> None:
    reason = "the hub closed the connection"
    try:
        while line := lines.readline():
            if line.strip():
                link.receive(decode_line(line))
    except (OSError, ValueError) as error:
        reason = str(error)
    finally:
        lines.close()
        link.lost(reason)
