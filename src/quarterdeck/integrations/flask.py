"""A Flask application: its requests by the rules of its routes, those that never reach a view among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import got_request_exception, request

from quarterdeck.integrations.wsgi import Monitored
from quarterdeck.sdk.services.place import place_of
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of, route_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from quarterdeck.integrations.forwarding import WsgiDashboard
    from quarterdeck.integrations.interfaces import Environ
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

    Part = Callable[[Any], tuple[str, Any] | None]
    """What of a route a request is for, in words, and the function behind it; None if that cannot be told."""
    Parts = tuple[str, Part]

_RULE = "quarterdeck.rule"
_MOST_RULES = 10_000


def monitor(app: Flask, service: Service, dashboard: WsgiDashboard | None, parts: Parts | None = None) -> None:
    """Measure every request of this application from now on.

    ``parts``: how the route ends whose requests are for several things, and which of them one is for.
    """
    known: dict[str, dict[int, Endpoint]] = {}
    rules: list[Any] = []  # they are known by their identity, so they must live as long
    known_parts: dict[str, Endpoint] = {}

    def endpoint(environ: Environ) -> Endpoint:
        # Werkzeug leaves the request here until it is answered, and Flask the rule in it: no hook is needed, which
        # would cost three times as much.
        try:
            return known[environ["REQUEST_METHOD"]][id(environ["werkzeug.request"].url_rule)]
        except (KeyError, AttributeError):
            return rarely(environ)

    def rarely(environ: Environ) -> Endpoint:
        method, asked = known_method(environ["REQUEST_METHOD"]), environ.get("werkzeug.request")
        rule = getattr(asked, "url_rule", None) if asked is not None else environ.get(_RULE)
        if parts is not None and rule is not None and rule.rule.endswith(parts[0]):
            return of_part(method, asked, rule, parts[1])
        found = known.get(method, {}).get(id(rule))
        if found is not None:
            return found
        if len(rules) >= _MOST_RULES:
            known.clear()
            rules.clear()
        rules.append(rule)
        return known.setdefault(method, {}).setdefault(id(rule), _endpoint(app, service, method, rule, environ))

    def of_part(method: str, asked: Any, rule: Any, part: Part) -> Endpoint:
        found = part(asked) if asked is not None else None
        name = name_of(method, rule.rule) if found is None else f"{name_of(method, rule.rule)} {found[0]}"
        if name not in known_parts:
            function = None if found is None else place_of(found[1])
            known_parts[name] = service.endpoint(name, method=method, route=rule.rule, function=function)
        return known_parts[name]

    def failed(sender: Flask, exception: BaseException, **_: Any) -> None:
        # An error that is not answered leaves no request behind.
        request.environ[_RULE] = request.url_rule
        service.failed(exception, endpoint(request.environ))

    got_request_exception.connect(failed, app)
    app.extensions["quarterdeck"] = failed  # it lives as long as the application, and no longer
    # Its method, not itself: that is called in a fraction of the time.
    app.wsgi_app = Monitored(app.wsgi_app, service, endpoint, _request, dashboard).__call__  # type: ignore[method-assign]


def _request(environ: Environ) -> Any:
    return environ.get("werkzeug.request")


def _endpoint(app: Flask, service: Service, method: str, rule: Any, environ: Environ) -> Endpoint:
    if rule is None:
        return service.endpoint(name_of(method, UNROUTED), method=method, route=None)
    if rule.map is app.url_map:
        facts = {"method": method, "route": rule.rule, "function": place_of(app.view_functions.get(rule.endpoint))}
        return service.endpoint(name_of(method, rule.rule), known_as=rule.endpoint, **facts)
    # Another application, below this one: what it is mounted at stands in front of its own route.
    route = route_of(environ.get("SCRIPT_NAME", "")) + rule.rule
    return service.endpoint(name_of(method, route), method=method, route=route)
