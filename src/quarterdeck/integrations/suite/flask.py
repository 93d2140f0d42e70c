"""Requests to applications of Flask, by the rules of their routes."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.suite.entering import enter
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of

if TYPE_CHECKING:
    from types import ModuleType

_RULE = "quarterdeck.suite.rule"


def patch(module: ModuleType) -> None:
    """``flask.app``."""
    answer, dispatch = module.Flask.wsgi_app, module.Flask.full_dispatch_request
    from flask.globals import request  # it is being imported right now

    @wraps(answer)
    def wsgi_app(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        entry = enter(environ, lambda: _name(environ))
        try:
            return answer(self, environ, start_response)
        finally:
            if entry is not None:
                entry.left()

    @wraps(dispatch)
    def full_dispatch_request(self: Any, *args: Any) -> Any:
        # Once the request is answered nothing is left of it.
        request.environ[_RULE] = request.url_rule
        return dispatch(self, *args)

    module.Flask.wsgi_app = wsgi_app
    module.Flask.full_dispatch_request = full_dispatch_request


def _name(environ: dict[str, Any]) -> str:
    rule = environ.get(_RULE)
    return name_of(known_method(environ["REQUEST_METHOD"]), UNROUTED if rule is None else rule.rule)
