"""When the client of a request has gone, or may not go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


async def left(request: Request) -> None:
    """Return when the client has gone, or its session or token has ended."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
