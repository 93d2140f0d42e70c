"""A Starlette or FastAPI application: its requests by the paths of its routes, outside of all its middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from quarterdeck.integrations.asgi import Monitored
from quarterdeck.integrations.paths import MOST
from quarterdeck.sdk.services.place import place_of
from quarterdeck.sdk.services.routes import UNROUTED, known_method, name_of, route_of

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from quarterdeck.integrations.forwarding import AsgiDashboard
    from quarterdeck.integrations.interfaces import Scope
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service


def monitor(app: Starlette, service: Service, dashboard: AsgiDashboard | None) -> None:
    """Measure every request of this application from now on; before it has answered the first one."""
    known: dict[Any, Endpoint] = {}

    def endpoint(scope: Scope) -> Endpoint:
        method, route = known_method(scope["method"]), scope.get("route")
        prefix = _prefix(scope) if route is not None else ""
        key = (None if route is None else route.path, method, prefix)
        found = known.get(key)
        if found is None:
            if len(known) >= MOST:
                known.clear()
            found = known[key] = _endpoint(service, method, path_of(scope), scope.get("endpoint"))
        return found

    build = app.build_middleware_stack
    # Starlette builds it with the first request, so that middleware added later is inside as well.
    app.build_middleware_stack = lambda: Monitored(build(), service, endpoint, Request, dashboard)  # type: ignore[assignment,return-value,method-assign]


def path_of(scope: Scope) -> str | None:
    """The path of the route that a request was answered by; None if there was none."""
    route = scope.get("route")
    if route is None:
        return None
    below: str = route.path if hasattr(route, "methods") else "/*"  # of a mount, whose own path is the prefix's end
    return _prefix(scope) + below


def _prefix(scope: Scope) -> str:
    # What a sub-application is mounted at stands in front of its own route.
    root = scope.get("root_path", "")[len(scope.get("app_root_path", "")) :]
    if not root:
        return ""
    own = getattr(scope["route"], "param_convertors", {})
    for name, value in scope.get("path_params", {}).items():
        if name not in own:  # it is a mount's
            root = f"{root}/".replace(f"/{value}/", f"/{{{name}}}/")[:-1]
    return route_of(root)


def _endpoint(service: Service, method: str, path: str | None, function: Any) -> Endpoint:
    if path is None:
        return service.endpoint(name_of(method, UNROUTED), method=method, route=None)
    return service.endpoint(name_of(method, path), method=method, route=path, function=place_of(function))
