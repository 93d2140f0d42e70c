"""Requests that somebody's own application forwards: the page then lies below a path of that application.

Who forwards proves it by a token of a producer's, and says in one header what the browser asked: under which path the
page lies, by which scheme and host, from where.  From nobody else is any such header believed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import Scope

HEADER = "quarterdeck-forwarded"
_STATE = "prefix"
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%-]+){1,16}")
_HELD = frozenset({"/api/live", "/api/live/events", "/api/frames"})


class Forwarded(msgspec.Struct):
    """What the header says, as JSON; ``host`` is as in ``Host``, ``client`` an address."""

    token: str
    prefix: str
    scheme: str
    host: str
    client: str


class Seen(NamedTuple):
    """Who forwards, and the request as the browser made it."""

    token: str
    scope: Scope


def seen(scope: Scope) -> Seen | None:
    """The forwarded request; None if it comes straight.  ValueError for a header that makes no sense."""
    said = [value for name, value in scope["headers"] if name == HEADER.encode()]
    if not said:
        return None
    try:
        told = msgspec.json.decode(said[0], type=Forwarded)
    except msgspec.MsgspecError as error:  # no ValueError in every version
        raise ValueError(str(error)) from None
    if len(said) > 1 or not _PREFIX.fullmatch(told.prefix) or told.scheme not in ("http", "https"):
        raise ValueError("the header of a forwarded request is not as it should be")
    headers = [(name, value) for name, value in scope["headers"] if name not in (b"host", HEADER.encode())]
    asked: dict[str, Any] = {
        "scheme": told.scheme,
        "client": (told.client, 0),
        "headers": [*headers, (b"host", told.host.encode("latin-1", "replace"))],
        "state": {**scope.get("state", {}), _STATE: told.prefix},
    }
    return Seen(told.token, {**scope, **asked})


def prefix_of(scope: Scope) -> str:
    """The path of somebody's application below which the page lies, like "/dashboard"; "" at the hub's own root."""
    return str(scope.get("state", {}).get(_STATE, ""))


def may_be_forwarded(path: str) -> bool:
    """Whether a request is over soon: whoever forwards keeps one of its few workers busy with it."""
    return path not in _HELD


def address_of(request: HTTPConnection) -> str:
    """Where the page lies for whoever asks: what a link to it begins with."""
    origin = request.headers.get("origin")
    return (origin or f"{request.scope['scheme']}://{request.headers['host']}") + prefix_of(request.scope)
