"""Names of endpoints: a method and a route, never a path, or a service would have as many as it has users."""

from __future__ import annotations

import re

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"})
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
