"""Names of endpoints: a method and a route, never a path, or a service would have as many as it has users."""

from __future__ import annotations

import re

from quarterdeck.core.topics import segment

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"})
LONGEST, LONGEST_ENDPOINT = 100, 250
"""Characters that the name of a service or a version, and of an endpoint, may take in a topic's."""
UNROUTED = "no route"
"""Stands for every path that the service has no route for."""
# Numbers, UUIDs and hashes: what differs from request to request.
_VARIES = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|(?=[^/]*\d)[0-9a-fA-F]{8,})(?=/|$)")


def known_method(method: str) -> str:
    """The method itself; those that HTTP does not know are one, "OTHER"."""
    return method if method in METHODS else "OTHER"


def name_of(method: str, route: str) -> str:
    """An endpoint's name."""
    return f"{known_method(method)} {route}"


def route_of(path: str) -> str:
    """The route that a path has in all likelihood, where the framework tells none: ``/user/17`` is ``/user/*``."""
    return _VARIES.sub("*", path or "/")


def shortened(name: str, most: int) -> str:
    """The name, cut if it takes more characters than that in the name of a topic."""
    if 3 * len(name) <= most and name.isascii():
        return name
    if len(name) > most:
        name = f"{name[:most]}\N{HORIZONTAL ELLIPSIS}"
    while len(segment(name)) > most:
        name = f"{name[: len(name) * 9 // 10 - 1]}\N{HORIZONTAL ELLIPSIS}"
    return name
