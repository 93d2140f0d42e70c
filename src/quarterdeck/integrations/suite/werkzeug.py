"""Requests by Werkzeug's test client to any WSGI application."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.suite.entering import wsgi

if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """``werkzeug.test``."""
    run = module.run_wsgi_app

    @wraps(run)
    def run_wsgi_app(app: Any, *args: Any, **kwargs: Any) -> Any:
        return run(wsgi(app), *args, **kwargs)

    module.run_wsgi_app = run_wsgi_app  # type: ignore[attr-defined]
