"""A Django project, by its WSGI or ASGI handler: its requests by the routes of its URL patterns."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.signals import got_request_exception

from quarterdeck.integrations import asgi, wsgi
from quarterdeck.sdk.services.place import place_of
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of
from quarterdeck.sdk.services.sampling.stack import enters

if TYPE_CHECKING:
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

_MATCH = "quarterdeck.match"
_REQUEST = "quarterdeck.request"
_SERVICE = "quarterdeck.service"


def monitor(handler: Any, service: Service, dashboard: Any, *, asynchronous: bool) -> Any:
    """The handler (``get_wsgi_application()``, ``get_asgi_application()``), measured: serve this in its place."""
    resolve = handler.resolve_request

    def resolved(request: Any) -> Any:
        # The WSGI environ or the ASGI scope is what the request and the measurement share.
        shared = request.scope if asynchronous else request.environ
        if measured.asking is not None:
            shared[_REQUEST] = request
        match = resolve(request)
        shared[_MATCH] = match
        return match

    handler.resolve_request = resolved
    known: dict[Any, Endpoint] = {}

    def endpoint(shared: dict[str, Any]) -> Endpoint:
        method = known_method(shared["method"] if asynchronous else shared["REQUEST_METHOD"])
        match = shared.get(_MATCH)
        route = f"/{match.route}" if match is not None else None
        found = known.get((route, method))
        if found is None:
            facts: dict[str, Any] = {"method": method, "route": route}
            if match is not None:
                facts["function"] = place_of(match.func)
            found = known[route, method] = service.endpoint(name_of(method, route or UNROUTED), **facts)
        return found

    def marked(shared: dict[str, Any], *more: Any) -> Any:
        shared[_SERVICE] = service
        return handler(shared, *more)

    enters(marked.__code__)

    def failed(request: Any, **_: Any) -> None:
        shared = getattr(request, "scope", None) or request.environ
        error = sys.exc_info()[1]
        # The signal is for all handlers of the process.
        if error is not None and shared.get(_SERVICE) is service:
            service.failed(error, endpoint(shared))

    got_request_exception.connect(failed)
    handler.quarterdeck = failed  # it lives as long as the handler, and no longer
    kind = asgi.Monitored if asynchronous else wsgi.Monitored
    # Taken out again: the request itself holds what it stands in.
    measured: Any = kind(marked, service, endpoint, lambda shared: shared.pop(_REQUEST, None), dashboard)
    return measured
