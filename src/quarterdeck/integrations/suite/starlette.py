"""Requests to applications of Starlette and FastAPI, by the paths of their routes."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.suite.entering import enter
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of

if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """``starlette.applications``."""
    from quarterdeck.integrations.starlette import path_of  # it is being imported right now

    answer = module.Starlette.__call__

    @wraps(answer)
    async def call(self: Any, scope: dict[str, Any], receive: Any, send: Any) -> None:
        def name() -> str:
            return name_of(known_method(scope["method"]), path_of(scope) or UNROUTED)

        entry = enter(scope, name) if scope["type"] == "http" else None
        try:
            await answer(self, scope, receive, send)
        finally:
            if entry is not None:
                entry.left()

    module.Starlette.__call__ = call
