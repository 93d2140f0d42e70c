"""The dashboard below a path of an application: what is asked there is forwarded to the hub, the rest goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.dashboard.forward import LARGEST, Asked, forward
from quarterdeck.sdk.dashboard.home import home
from quarterdeck.sdk.report import Report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from quarterdeck.integrations.interfaces import (
        Environ,
        Receive,
        Scope,
        Send,
        StartResponse,
    )

    Taken = Callable[[], bool]

_EVERYWHERE = ("", "0.0.0.0", "::", "::1", "127.0.0.1", "localhost", "waitress.invalid")
_BARE = "HTTP_"
_report = Report()


def _free() -> bool:
    return False


class _Place:
    """The paths of the dashboard.  Whether they are the application's own is asked with the first request to one."""

    def __init__(self, link: str, taken: Taken) -> None:
        self.path = f"/{link}"
        self._below = f"/{link}/"
        self._taken = taken
        self._is_taken: bool | None = None

    def has(self, path: str) -> bool:
        if path != self.path and not path.startswith(self._below):
            return False
        if self._is_taken is None:
            self._is_taken = self._taken()
            if self._is_taken:
                mend = "set another CUSTOM_LINK for the dashboard"
                _report("dashboard", f"{self.path} is a page of the application's own, which stays; {mend}")
        return not self._is_taken


class WsgiDashboard:
    """The dashboard at ``/link`` of a WSGI application, unless that is ``taken`` by a page of its own.

    It is to be asked about requests whose path has ``within`` in it: the first one, and those that may be its.
    """

    def __init__(self, link: str, taken: Taken = _free) -> None:
        self._place = _Place(link, taken)
        self._path = self._place.path
        self.within = ""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes] | None:
        """Answer a request; None if it is the application's."""
        if not self.within:
            self.within = self._path
            name, port, prefix = environ.get("SERVER_NAME"), environ.get("SERVER_PORT"), environ.get("SCRIPT_NAME", "")
            _meet(environ.get("wsgi.url_scheme"), name, port, prefix + self._path)
        if not self._place.has(environ.get("PATH_INFO") or ""):
            return None
        answer = forward(self._asked(environ))
        start_response(f"{answer.status} {answer.reason}", answer.headers)
        return answer

    def _asked(self, environ: Environ) -> Asked:
        prefix = environ.get("SCRIPT_NAME", "") + self._path
        asked = Asked(
            environ["REQUEST_METHOD"],
            prefix.encode("latin-1"),
            environ["PATH_INFO"][len(self._path) :].encode("latin-1"),
            environ.get("QUERY_STRING", ""),
            scheme=environ.get("wsgi.url_scheme", "http"),
            client=environ.get("REMOTE_ADDR", ""),
            headers=[(_header(name), value) for name, value in environ.items() if _header(name)],
        )
        asked.body = _body(environ)
        return asked


class AsgiDashboard:
    """The dashboard of an ASGI application: see above."""

    def __init__(self, link: str, taken: Taken = _free) -> None:
        self._place = _Place(link, taken)
        self._path = self._place.path
        self.within = ""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None] | None:
        """What is to be awaited to answer an HTTP request; None if it is the application's."""
        root = scope.get("root_path", "")
        if not self.within:
            self.within = self._path
            name, port = scope.get("server") or ("", None)
            _meet(scope.get("scheme"), name, port, root + self._path)
        # Servers differ in whether the path begins with what the application is mounted at.
        path = scope["path"].removeprefix(root) if root else scope["path"]
        if not self._place.has(path):
            return None
        return self._forward(scope, receive, send, (root + self._path).encode(), path[len(self._path) :].encode())

    async def _forward(self, scope: Scope, receive: Receive, send: Send, prefix: bytes, path: bytes) -> None:
        asked = Asked(
            scope["method"],
            prefix,
            path,
            scope.get("query_string", b"").decode("latin-1"),
            scheme=scope.get("scheme", "http"),
            client=(scope.get("client") or ("",))[0],
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        )
        asked.body = await _received(receive)
        answer = await asyncio.to_thread(forward, asked)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        try:
            chunks = iter(answer)
            while chunk := await asyncio.to_thread(next, chunks, b""):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            answer.close()


def _meet(scheme: str | None, name: str | None, port: Any, path: str) -> None:
    """Remember where this machine reaches the application: not by ``Host``, which is whatever a client says."""
    if home.address or not port:
        return
    shown = "localhost" if name is None or name in _EVERYWHERE else f"[{name}]" if ":" in name else name
    home.address = f"{scheme or 'http'}://{shown}:{port}{path}"


def _header(name: str) -> str:
    if name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        return name.replace("_", "-")
    return name.removeprefix(_BARE).replace("_", "-") if name.startswith(_BARE) else ""


def _body(environ: Environ) -> bytes:
    """The body, up to one byte more than is forwarded."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    most = min(int(length), LARGEST + 1) if length.isdecimal() else LARGEST + 1
    return bytes(environ["wsgi.input"].read(most)) if most else b""


async def _received(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more and len(body) <= LARGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
