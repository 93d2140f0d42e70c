"""Watching from Python: server-sent events, which go on by themselves after a break."""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse

from quarterdeck.sdk.connection import bearing, below, connect
from quarterdeck.sdk.pace import FIRST_RETRY, LAST_RETRY
from quarterdeck.sdk.transport import Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Find = Callable[[], tuple[str, str | None]]

# The hub says every 15 seconds that it is there.
SILENCE = 45.0
_WATCHED = ("snapshot", "patch")


def watch(topic: str, find: Find) -> Iterator[dict[str, Any]]:
    """The frames of a topic without end: a snapshot, then patches; after a long break a snapshot again.

    Waits while the hub is away; raises ConnectionError if there is none to be found or it does not let us watch.
    """
    seen: str | None = None
    retry = FIRST_RETRY
    while True:
        try:
            for position, lines in _events(topic, find, seen):
                retry = FIRST_RETRY
                yield from (frame for frame in map(json.loads, lines) if frame.get("t") in _WATCHED)
                seen = position or seen
        except Denied as denied:
            raise ConnectionError(denied.message) from denied
        except (OSError, http.client.HTTPException):
            time.sleep(retry)
            retry = min(2 * retry, LAST_RETRY)


def _events(topic: str, find: Find, seen: str | None) -> Iterator[tuple[str | None, list[str]]]:
    """Each event of one connection: its id, and its lines of data; raises OSError or HTTPException when it breaks."""
    url, token = find()
    connection = connect(url, SILENCE)
    headers = bearing(token, {"Accept": "text/event-stream"})
    if seen:
        headers["Last-Event-ID"] = seen
    try:
        path = below(url, f"/api/live/events?{urllib.parse.urlencode({'topics': topic})}")
        connection.request("GET", path, headers=headers)
        yield from _parse(_checked(connection.getresponse()))
    finally:
        connection.close()
    raise ConnectionResetError("the hub ended the watch")


def _checked(response: http.client.HTTPResponse) -> http.client.HTTPResponse:
    if response.status in (400, 401, 403, 404):
        said = response.read(2000).decode("utf-8", "replace")
        raise Denied(f"the hub does not let us watch (HTTP {response.status}): {said}")
    if response.status != 200:
        raise ConnectionError(f"the hub answered with HTTP {response.status}")
    return response


def _parse(response: http.client.HTTPResponse) -> Iterator[tuple[str | None, list[str]]]:
    position: str | None = None
    data: list[str] = []
    while line := response.readline():
        text = line.decode().rstrip("\r\n")
        if text.startswith("data:"):
            data.append(text[5:].removeprefix(" "))
        elif text.startswith("id:"):
            position = text[3:].strip()
        elif not text and data:
            yield position, data
            data = []
