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
    known: dict[str, dict[str, Endpoint]] = {}

    def endpoint(environ: dict[str, Any]) -> Endpoint:
        # Werkzeug leaves the request here until it is answered, and Flask the rule in it: no hook is needed, which
        # would cost three times as much.
        asked = environ.get("werkzeug.request")
        rule = asked.url_rule if asked is not None else environ.get(_RULE)
        route = rule.rule if rule is not None else ""
        try:
            return known[environ["REQUEST_METHOD"]][route]
        except KeyError:
            method = known_method(environ["REQUEST_METHOD"])
            return known.setdefault(method, {}).setdefault(route, _endpoint(app, service, method, rule))

    def failed(sender: Flask, exception: BaseException, **_: Any) -> None:
        # An error that is not answered leaves no request behind.
        request.environ[_RULE] = request.url_rule
        service.failed(exception, endpoint(request.environ))

    got_request_exception.connect(failed, app, weak=False)
    app.wsgi_app = Monitored(app.wsgi_app, service, endpoint, _request)  # type: ignore[method-assign]


def _request(environ: dict[str, Any]) -> Any:
    return environ.get("werkzeug.request")


def _endpoint(app: Flask, service: Service, method: str, rule: Any) -> Endpoint:
    if rule is None:
        return service.endpoint(name_of(method, UNROUTED), method=method, route=None)
    view = app.view_functions.get(rule.endpoint)
    return service.endpoint(name_of(method, rule.rule), method=method, route=rule.rule, function=place_of(view))
