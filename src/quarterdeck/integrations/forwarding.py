"""The dashboard below a path of an application: what is asked there is forwarded to the hub, the rest goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.dashboard.forward import LARGEST, Asked, forward
from quarterdeck.sdk.dashboard.home import home

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    Environ = dict[str, Any]
    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

_EVERYWHERE = ("", "0.0.0.0", "::", "::1", "127.0.0.1", "localhost", "waitress.invalid")
_BARE = "HTTP_"


class WsgiDashboard:
    """The WSGI application ``inner`` with the dashboard at ``/link``."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], link: str) -> None:
        self._inner = inner
        self._path = f"/{link}"
        self._below = f"/{link}/"
        self._met = False

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._met:
            self._met = True
            name, port, prefix = environ.get("SERVER_NAME"), environ.get("SERVER_PORT"), environ.get("SCRIPT_NAME", "")
            _meet(environ.get("wsgi.url_scheme"), name, port, prefix + self._path)
        path = environ.get("PATH_INFO", "")
        if path.startswith(self._path) and (path == self._path or path.startswith(self._below)):
            answer = forward(self._asked(environ))
            start_response(f"{answer.status} {answer.reason}", answer.headers)
            return answer
        return self._inner(environ, start_response)

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
    """The ASGI application ``inner`` with the dashboard at ``/link``."""

    def __init__(self, inner: Callable[[Scope, Receive, Send], Awaitable[None]], link: str) -> None:
        self._inner = inner
        self._path = f"/{link}"
        self._below = f"/{link}/"
        self._met = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            root = scope.get("root_path", "")
            if not self._met:
                self._met = True
                name, port = scope.get("server") or ("", None)
                _meet(scope.get("scheme"), name, port, root + self._path)
            # Servers differ in whether the path begins with what the application is mounted at.
            path = scope["path"].removeprefix(root) if root else scope["path"]
            if path.startswith(self._path) and (path == self._path or path.startswith(self._below)):
                await self._forward(
                    scope, receive, send, (root + self._path).encode(), path[len(self._path) :].encode()
                )
                return
        await self._inner(scope, receive, send)

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
