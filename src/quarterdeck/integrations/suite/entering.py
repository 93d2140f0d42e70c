"""Where requests enter: each framework and each test client is patched when the program imports it."""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.arriving import await_module
from quarterdeck.sdk.services import service
from quarterdeck.sdk.services.routes import known_method, name_of, route_of
from quarterdeck.sdk.suite.recorder import recorder

if TYPE_CHECKING:
    from collections.abc import Callable

_MARK = "quarterdeck.suite"
_HERE = "quarterdeck.integrations.suite"
MODULES = {
    "flask.app": f"{_HERE}.flask",
    "starlette.applications": f"{_HERE}.starlette",
    "django.core.handlers.base": f"{_HERE}.django",
    "werkzeug.test": f"{_HERE}.werkzeug",
    "starlette.testclient": f"{_HERE}.starlette_client",
    "httpx": f"{_HERE}.httpx",
    "httpx2": f"{_HERE}.httpx",
}
"""What is patched, and by which module of ours."""


class Entry:
    """A request on its way; ``name`` says which endpoint it was for, once it has been answered."""

    __slots__ = ("_begun", "_test", "by_path", "name")

    def __init__(self, name: Callable[[], str], by_path: bool) -> None:
        self.name = name
        self.by_path = by_path
        self._test = recorder.running
        self._begun = perf_counter_ns()

    def left(self) -> None:
        """It has been answered."""
        recorder.asked(self._test, self.name(), (perf_counter_ns() - self._begun) / 1e9)


def enter(shared: dict[str, Any], name: Callable[[], str], *, by_path: bool = False) -> Entry | None:
    """A request has come; ``shared`` is its WSGI environ or ASGI scope.  None if it has entered already.

    Its framework knows its route, so ``name`` holds before that of a client, which knows its path alone.
    """
    known: Entry | None = shared.get(_MARK)
    if known is None:
        known = shared[_MARK] = Entry(name, by_path)
        return known
    if known.by_path:
        known.name, known.by_path = name, False
    return None


def record() -> None:
    """From now on the requests of tests are recorded, and bound services tell the hub nothing of them."""
    service.mute()
    for module, ours in MODULES.items():
        await_module(module, ours)


def wsgi(app: Any) -> Any:
    """Any WSGI application, its requests recorded by their paths."""

    def entered(environ: dict[str, Any], start_response: Any) -> Any:
        def name() -> str:
            return _named(environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))

        entry = enter(environ, name, by_path=True)
        try:
            return app(environ, start_response)
        finally:
            if entry is not None:
                entry.left()

    return entered


def asgi(app: Any) -> Any:
    """Any ASGI application, its requests recorded by their paths."""

    async def entered(scope: dict[str, Any], receive: Any, send: Any) -> None:
        def name() -> str:
            return _named(scope.get("method"), scope.get("path"))

        entry = enter(scope, name, by_path=True) if scope["type"] == "http" else None
        try:
            await app(scope, receive, send)
        finally:
            if entry is not None:
                entry.left()

    return entered


def _named(method: str | None, path: str | None) -> str:
    return name_of(known_method(method or ""), route_of(path or ""))
