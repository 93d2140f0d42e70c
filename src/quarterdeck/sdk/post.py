"""POST /api/frames, over a connection that is kept.  Loaded with the first connection: http and ssl are heavy."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from contextlib import closing

from quarterdeck.sdk.connection import bearing, below, connect
from quarterdeck.sdk.lines import encode_batch, encode_line, encode_lines
from quarterdeck.sdk.transport import Away, Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.sdk.frame import Answer, Frame
    from quarterdeck.sdk.outbox import Batch

TIMEOUT = 30.0
AT_ONCE = 0.05
"""Seconds for what is sent without waiting for an answer."""
# Resolving a name loads this codec; here and now, because loading is safe from forks (see transport.loading).
"".encode("idna")


class Post:
    """One kept connection."""

    def __init__(self, url: str, token: str | None, hello: Frame) -> None:
        self._url = url
        self._connection = connect(url, TIMEOUT)
        self._path = below(url, "/api/frames")
        self._stream = hello["stream"]
        self._said = hello
        self._hello = encode_line(hello) + b"\n"
        self._headers = bearing(token, {"Content-Type": "application/x-ndjson"})

    def send_batch(self, batch: Batch | None, replies: list[Frame]) -> Answer:
        """Send a batch, replies to calls, or both; see ``send``."""
        if batch is None:
            return self.send({}, encode_lines(replies))
        return self.send({"batch": batch.number}, encode_lines(replies) + encode_batch(batch))

    def send(self, query: dict[str, Any], body: bytes = b"") -> Answer:
        """The decoded answer; raises Away, another OSError, or Denied.  A gap answers ``error`` and ``last``."""
        return self._ask({"stream": self._stream, **query}, self._hello + body)

    def forward(self, stream: str, number: int, lines: bytes) -> Answer:
        """The same for a batch of another stream."""
        return self._ask({"stream": stream, "batch": number}, self._hello_of(stream) + lines)

    def leave(self, stream: str, number: int, lines: bytes) -> None:
        """Send a batch on a connection of its own and await no answer; OSError if it was not sent at once."""
        connection = connect(self._url, AT_ONCE)
        path = self._path_of({"stream": stream, "batch": number})
        with closing(connection):
            connection.request("POST", path, self._hello_of(stream) + lines, self._headers)

    def _path_of(self, query: dict[str, Any]) -> str:
        return f"{self._path}?{urllib.parse.urlencode(query)}"

    def _hello_of(self, stream: str) -> bytes:
        return encode_line({**self._said, "stream": stream}) + b"\n"

    def _ask(self, query: dict[str, Any], body: bytes) -> Answer:
        try:
            status, text, retry = self._exchange(self._path_of(query), body)
        except http.client.HTTPException as error:
            self._connection.close()
            raise Away(f"the hub's answer broke off: {error!r}") from error
        return _answer(status, text, retry)

    def _exchange(self, path: str, body: bytes) -> tuple[int, bytes, str | None]:
        fresh = self._connection.sock is None
        try:
            return self._request(path, body)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            if fresh:
                raise
            # A kept connection that the hub had closed meanwhile.  The number of the batch makes sending it again safe.
            return self._request(path, body)

    def _request(self, path: str, body: bytes) -> tuple[int, bytes, str | None]:
        self._connection.request("POST", path, body, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read(), response.getheader("Retry-After")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _answer(status: int, text: bytes, retry: str | None) -> Answer:
    try:
        answer = json.loads(text) if text else {}
    except ValueError:
        answer = {}
    if not isinstance(answer, dict):
        answer = {}
    if status == 200 or (status == 409 and "last" in answer):
        return answer
    error = answer.get("error") or {}
    said = error.get("message") or text[:200].decode("utf-8", "replace")
    message = f"{said} (HTTP {status}). {error.get('hint', '')}".rstrip()
    if status in (400, 413, 422):
        return {"error": {**error, "message": message, "code": error.get("code", "malformed")}}
    if status in (401, 403, 404):
        raise Denied(f"the hub does not take our events: {message}")
    raise Away(message, float(retry) if retry and retry.isdigit() else 0.0)
