"""Requests by Starlette's test client to any ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.integrations.suite.entering import asgi
from quarterdeck.integrations.suite.httpx import record

if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """``starlette.testclient``."""
    record(module._TestClientTransport, asgi)
