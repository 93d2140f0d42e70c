"""A connection to a hub, by its address.  Loaded with the first one: http and ssl are heavy."""

from __future__ import annotations

import http.client
import urllib.parse

from quarterdeck.sdk.transport import Denied


def connect(url: str, timeout: float) -> http.client.HTTPConnection:
    """A connection that opens with its first request; Denied if ``url`` is no address."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Denied(f"{url!r} is not the address of a hub; set QUARTERDECK_URL to one like http://127.0.0.1:8080")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=timeout)


def below(url: str, path: str) -> str:
    """The path of a request: what ``path`` is for a hub that lies at ``url``."""
    return urllib.parse.urlsplit(url).path.rstrip("/") + path


def bearing(token: str | None, headers: dict[str, str]) -> dict[str, str]:
    """Headers that also say who asks, if there is a token."""
    return {**headers, "Authorization": f"Bearer {token}"} if token else headers
