"""POST /api/logs: a piece of the log of a job.  Loaded with the first one: http is heavy."""

from __future__ import annotations

import http.client
import json
import urllib.parse

from quarterdeck.sdk.connection import bearing, below, connect
from quarterdeck.sdk.transport import Away, Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 10.0


def appender(url: str, token: str | None, topic: str) -> Callable[[int, bytes], int]:
    """A function that appends to the log of ``topic``, by the byte at which the piece stands and the piece.

    It gives the byte from which the hub has nothing; raises Away or another OSError to try again, Denied not to.
    """
    connection = connect(url, TIMEOUT)
    path = below(url, f"/api/logs/{urllib.parse.quote(topic, safe='')}")
    headers = bearing(token, {"Content-Type": "application/octet-stream"})

    def append(at: int, piece: bytes) -> int:
        try:
            connection.request("POST", f"{path}?at={at}", piece, headers)
            response = connection.getresponse()
            return _read(response.status, response.read())
        except http.client.HTTPException as error:
            connection.close()
            raise Away(f"the hub's answer broke off: {error!r}") from error
        except OSError:
            connection.close()
            raise

    return append


def _read(status: int, text: bytes) -> int:
    # 404: the job's first event may still be on its way.
    if status in (401, 403, 405, 413):
        raise Denied(f"the hub does not take our log (HTTP {status})")
    try:
        at = json.loads(text)["at"]
    except (ValueError, KeyError, TypeError) as error:
        raise Away(f"the hub did not take a piece of the log (HTTP {status})") from error
    return int(at)
