"""Whether anybody needs a hub that nobody started by hand: it ends when for a while nothing has been asked of it.

A page that is open asks all the time, and so does a program that takes calls: each leaves a request open, or comes by.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ENOUGH = 600.0
"""Seconds without anything open or asked after which such a hub ends."""


class Quiet:
    """ASGI in front of ``app``."""

    def __init__(self, app: ASGIApp, enough: float = ENOUGH) -> None:
        self._app = app
        self._enough = enough
        self._open = 0
        self._last = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and remember when it was over."""
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1
            self._last = asyncio.get_running_loop().time()

    async def over(self) -> None:
        """Return when it has been quiet for long enough."""
        loop = asyncio.get_running_loop()
        self._last = loop.time()
        while True:
            left = self._enough if self._open else self._last + self._enough - loop.time()
            if left <= 0:
                return
            await asyncio.sleep(left)
