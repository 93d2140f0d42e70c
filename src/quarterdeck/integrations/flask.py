"""A Flask application: its requests by the rules of its routes, those that never reach a view among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import got_request_exception, request

from quarterdeck.integrations.wsgi import Monitored
from quarterdeck.sdk.services.place import place_of
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of

if TYPE_CHECKING:
    from flask import Flask

    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service


_RULE = "quarterdeck.rule"


def monitor(app: Flask, service: Service) -> None:
    """Measure every request of this application from now on."""
    known: dict[Any, Endpoint] = {}

    def endpoint(environ: dict[str, Any]) -> Endpoint:
        method = known_method(environ["REQUEST_METHOD"])
        # Werkzeug leaves the request here until it is answered, and Flask the rule in it: no hook is needed, which
        # would cost three times as much.
        asked = environ.get("werkzeug.request")
        rule = asked.url_rule if asked is not None else environ.get(_RULE)
        key = (rule.rule if rule is not None else None, method)
        found = known.get(key)
        if found is None:
            found = known[key] = _endpoint(app, service, method, rule)
        return found

    def failed(sender: Flask, exception: BaseException, **_: Any) -> None:
        # An error that is not answered leaves no request behind.
        request.environ[_RULE] = request.url_rule
        service.failed(exception, endpoint(request.environ))

    got_request_exception.connect(failed, app, weak=False)
    app.wsgi_app = Monitored(app.wsgi_app, service, endpoint)  # type: ignore[method-assign]


def _endpoint(app: Flask, service: Service, method: str, rule: Any) -> Endpoint:
    if rule is None:
        return service.endpoint(name_of(method, UNROUTED), method=method, route=None)
    view = app.view_functions.get(rule.endpoint)
    return service.endpoint(name_of(method, rule.rule), method=method, route=rule.rule, function=place_of(view))
