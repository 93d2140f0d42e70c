"""How an error looks to whoever asked by HTTP: ``{"error": {"code", "message", "hint"}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.core.ops import Refused
    from quarterdeck.errors import QuarterdeckError


RETRY_AFTER = "5"
"""Seconds; the hub itself tries to write again no later than that."""


def json_response(said: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Plain data as JSON."""
    return Response(msgspec.json.encode(said), status, headers, "application/json")


def error_response(status: int, code: str, message: str, hint: str = "") -> Response:
    """An error in the one shape."""
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else None
    return json_response({"error": {"code": code, "message": message, "hint": hint}}, status, headers)


def client_left() -> Response:
    """For the log alone: nobody is there to read it."""
    return error_response(400, "disconnected", "the client left before its request was whole")


def error_of(error: QuarterdeckError | Refused, status: int = 400) -> Response:
    """The answer to a request that raised."""
    return error_response(status, error.code, error.message, error.hint)
