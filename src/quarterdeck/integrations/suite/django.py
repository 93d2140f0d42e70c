"""Requests to Django, whichever of its clients and handlers they come through, by the routes of its URL patterns."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.suite.entering import enter
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of

if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """``django.core.handlers.base``."""
    answer, answer_async = module.BaseHandler.get_response, module.BaseHandler.get_response_async

    @wraps(answer)
    def get_response(self: Any, request: Any) -> Any:
        entry = enter(_shared(request), lambda: _name(request))
        try:
            return answer(self, request)
        finally:
            if entry is not None:
                entry.left()

    @wraps(answer_async)
    async def get_response_async(self: Any, request: Any) -> Any:
        entry = enter(_shared(request), lambda: _name(request))
        try:
            return await answer_async(self, request)
        finally:
            if entry is not None:
                entry.left()

    module.BaseHandler.get_response = get_response
    module.BaseHandler.get_response_async = get_response_async


def _shared(request: Any) -> dict[str, Any]:
    shared: dict[str, Any] | None = getattr(request, "environ", None) or getattr(request, "scope", None)
    return shared if shared is not None else vars(request)


def _name(request: Any) -> str:
    match = request.resolver_match
    return name_of(known_method(request.method or ""), UNROUTED if match is None else f"/{match.route}")
