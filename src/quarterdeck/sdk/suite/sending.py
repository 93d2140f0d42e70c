"""Sends the results of a suite to a hub, by one POST."""

from __future__ import annotations

import http.client
import json
import time
from urllib.parse import urlsplit, urlunsplit

from quarterdeck.errors import QuarterdeckError
from quarterdeck.sdk.connection import bearing, connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/submit-test-results"
PAUSES = (1.0, 4.0)
"""Seconds before each further attempt: the same results sent again change nothing."""
_PATIENCE = 60.0
_LATER = (429, 502, 503, 504)


class SendError(QuarterdeckError):
    """The results did not arrive; ``code`` is results-refused or results-unsent."""


def address_of(url: str) -> str:
    """The address to post to: ``url`` may be that of a hub, of a dashboard in an application, or the whole of it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SendError("results-unsent", f"{url} is no address to send to.", "Write it like http://127.0.0.1:8080")
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if path.endswith(PATH) else path + PATH, fragment=""))


def send(address: str, token: str | None, body: bytes, pause: Callable[[float], None] = time.sleep) -> None:
    """Raises SendError."""
    for seconds in (*PAUSES, None):
        try:
            status, said = _post(address, token, body)
        except (OSError, http.client.HTTPException) as error:
            failure = SendError("results-unsent", f"{address} does not answer: {error}.", "Is it running there?")
        else:
            if status < 300:
                return
            failure = _refusal(address, status, said)
            if status not in _LATER:
                raise failure
        if seconds is None:
            raise failure
        pause(seconds)


def _post(address: str, token: str | None, body: bytes) -> tuple[int, bytes]:
    parts = urlsplit(address)
    connection = connect(address, _PATIENCE)
    headers = bearing(token, {"Content-Type": "application/json"})
    try:
        connection.request("POST", f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(100_000)
    finally:
        connection.close()


def _refusal(address: str, status: int, body: bytes) -> SendError:
    try:
        said = json.loads(body)["error"]
        message, hint = str(said["message"]), str(said["hint"])
    except (ValueError, KeyError, TypeError):
        message, hint = f"it answered {status}", "Is it the address of a Quarterdeck?"
    if status in (401, 403):
        hint = (
            "Make a token where the hub runs: quarterdeck token new ci --scope producer; set QUARTERDECK_TOKEN to it."
        )
    return SendError("results-refused", f"{address} did not take the results: {message}", hint)
