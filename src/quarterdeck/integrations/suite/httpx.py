"""Requests by httpx to any WSGI or ASGI application of this process."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.suite.entering import asgi, wsgi

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """``httpx``."""
    record(module.WSGITransport, wsgi)
    record(module.ASGITransport, asgi)


def record(transport: Any, entered: Callable[[Any], Any]) -> None:
    """Let transports of this class give their requests to what ``entered`` makes of their application."""
    make = transport.__init__

    @wraps(make)
    def init(self: Any, app: Any, *args: Any, **kwargs: Any) -> None:
        make(self, entered(app), *args, **kwargs)

    transport.__init__ = init
