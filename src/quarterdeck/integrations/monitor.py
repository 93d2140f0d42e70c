"""``monitor.bind``: measure a web service, whatever it is written in."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations import ending
from quarterdeck.sdk import default
from quarterdeck.sdk.services.configuration.config import config
from quarterdeck.sdk.services.service import Service, last_service

if TYPE_CHECKING:
    from collections.abc import Iterable

_OWNED = "_quarterdeck_service"


def bind(app: Any, *, name: str | None = None, include_dashboard: bool = True) -> Any:
    """Measure every request of ``app`` from now on, and tell the hub; returns what to serve in its place.

    ``app`` is an application of Flask, Dash, Starlette or FastAPI (which is returned itself), a handler of Django
    (``get_wsgi_application()``), or any WSGI or ASGI application (those are wrapped: ``app = monitor.bind(app)``).
    ``name`` is the service's (default: the application's own, else that of the package or module that binds it); the
    same name in several processes is one service.  The dashboard is at ``config.custom_link`` of the application,
    unless ``include_dashboard`` is False; a hub for it is started by the first request, if none is found.  Nothing
    starts before that.  Bound again, an application stays as it is.  TypeError for what is no web application.
    """
    if getattr(app, _OWNED, None) is not None:
        return app
    binding = str(sys._getframe(1).f_globals.get("__name__", "__main__"))
    family = _family(app)
    if family == "dash":
        # Its server is the application; in Dash 4 that need not be Flask.
        own = name or (app.title if app.title != "Dash" else None) or _own_name(app.server) or _name_of(binding)
        _bind(app.server, own, include_dashboard=include_dashboard, around=app)
        return app
    return _bind(app, name or _own_name(app) or _name_of(binding), include_dashboard=include_dashboard)


def _bind(app: Any, name: str, *, include_dashboard: bool, around: Any = None) -> Any:
    """Measure an application, which is the server of one of Dash if there is one ``around`` it."""
    if getattr(app, _OWNED, None) is not None:
        return app
    family = _family(app)
    framework = "Dash" if around is not None else _FRAMEWORKS.get(family, family.upper())
    service = Service(name, config.version, framework)
    dashboard = _dashboard(app, family, service) if include_dashboard else None
    bound = _monitored(app, family, service, dashboard, around)
    _mark(bound, service)
    ending.hear()
    return bound


def capture(error: BaseException, app: Any = None) -> None:
    """Count an error that the program handles itself; ``app`` says of which service, if this process has several.

    Never raises; an error before ``bind`` is not counted.
    """
    service = getattr(app, _OWNED, None) if app is not None else last_service()
    if service is not None:
        service.failed(error, None, handled=True)


def _monitored(app: Any, family: str, service: Service, dashboard: Any, around: Any) -> Any:
    # Each framework is loaded only where it is used: none of them is a dependency.
    if family == "flask":
        from quarterdeck.integrations import dash, flask

        flask.monitor(app, service, dashboard) if around is None else dash.monitor(around, service, dashboard)
        return app
    if family in ("starlette", "fastapi"):
        from quarterdeck.integrations import starlette

        starlette.monitor(app, service, dashboard)
        return app
    if family == "django":
        from quarterdeck.integrations import django

        return django.monitor(app, service, dashboard, asynchronous=_is_asynchronous(app))
    if family == "asgi":
        from quarterdeck.integrations import asgi

        return asgi.Monitored(app, service, dashboard=dashboard)
    from quarterdeck.integrations import wsgi

    return wsgi.Monitored(app, service, dashboard=dashboard)


def _dashboard(app: Any, family: str, service: Service) -> Any:
    """The dashboard, for the monitored application to have in front of it."""
    from quarterdeck.integrations.forwarding import AsgiDashboard, WsgiDashboard  # only if wanted
    from quarterdeck.sdk.dashboard.home import home

    home.service = home.service or service.name
    service.want_hub = home.want
    link = config.custom_link
    if family == "flask":
        return WsgiDashboard(link, lambda: _is_taken(link, (each.rule for each in app.url_map.iter_rules())))
    if family in ("starlette", "fastapi"):
        return AsgiDashboard(link, lambda: _is_taken(link, (getattr(each, "path", "") for each in app.routes)))
    return (AsgiDashboard if _is_asynchronous(app) else WsgiDashboard)(link)


def _is_taken(link: str, routes: Iterable[str]) -> bool:
    """Whether the application has routes of its own there; one that takes whatever is left is none."""
    return any(f"{route}/".startswith(f"/{link}/") for route in routes)


_FRAMEWORKS = {"flask": "Flask", "starlette": "Starlette", "fastapi": "FastAPI", "django": "Django"}
_FAMILIES = ("flask", "fastapi", "starlette", "django", "dash")


def _family(app: Any) -> str:
    for base in type(app).__mro__:
        root = base.__module__.partition(".")[0]
        if root in _FAMILIES:
            return root
    if not callable(app):
        hint = "give it the application that your server runs"
        raise TypeError(f"monitor.bind: {type(app).__name__} is no web application; {hint}")
    return "asgi" if _is_asynchronous(app) else "wsgi"


def _is_asynchronous(app: Any) -> bool:
    called = app if inspect.isroutine(app) else type(app).__call__
    return inspect.iscoroutinefunction(called)


def _own_name(app: Any) -> str | None:
    family = _family(app)
    if family == "flask":
        return str(app.name)
    if family == "fastapi" and app.title != "FastAPI":
        return str(app.title)
    return None


def _name_of(module: str) -> str:
    """The package of a module, or the program: under a server like gunicorn the program is the server's."""
    package = module.partition(".")[0]
    return default.program_name().removesuffix(".py") if package == "__main__" else package


def _mark(app: Any, service: Service) -> None:
    try:
        setattr(app, _OWNED, service)
    except AttributeError:
        return  # It has slots; bound twice, it is measured twice.
