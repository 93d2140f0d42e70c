"""When the client of a request has gone, or may not go on, or the server ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

ENDING = "ending"
"""In the state of each request: the event that says that the server ends."""


async def left(request: Request) -> None:
    """Return when the client has gone, when its session or token has ended, or when the server ends."""
    ending: asyncio.Event | None = getattr(request.state, ENDING, None)
    if ending is None:  # there is no server, only an application
        await _gone(request)
        return
    tasks = [asyncio.create_task(_gone(request)), asyncio.create_task(ending.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
