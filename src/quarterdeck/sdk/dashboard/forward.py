"""Forwards what a browser asks of somebody's application, below the path of the dashboard, to the hub.

Every request is short.  What the browser says of its way is not passed on; the hub believes what is said here, by the
token.  Cookies of the application stay with it, and the hub sets none but its own.
"""

from __future__ import annotations

import http.client
import json
from html import escape
from urllib.parse import quote

from quarterdeck.sdk.connection import below, connect
from quarterdeck.sdk.dashboard.home import AWAY, STARTING, home
from quarterdeck.sdk.dashboard.starting import MEND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Headers = list[tuple[str, str]]

LARGEST = 8 << 20
"""Bytes of a request's body."""
PATIENCE = 10.0
"""Seconds that the hub has for an answer."""
COOKIES = ("quarterdeck-", "__Secure-quarterdeck-")
_CHUNK = 1 << 16
_RESULTS = "/submit-test-results"
_PASSED = frozenset(
    (
        *(
            "accept",
            "accept-encoding",
            "accept-language",
            "content-type",
            "if-none-match",
            "if-range",
            "origin",
            "range",
        ),
        *("sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "user-agent", "x-csrf-token"),
    )
)
"""Headers of a request that the hub gets as they are."""
_KEPT_BACK = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade"),
        *("transfer-encoding", "date", "server"),
    )
)
"""Headers of an answer that belong to one connection, or to one server."""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">{again}<title>Dashboard</title>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:20vh auto;padding:0 1rem"><p>{text}</p>{more}
</body></html>"""
_AGAIN = '<meta http-equiv="refresh" content="1">'


class Asked:
    """A request: ``prefix`` is where the dashboard lies, ``path`` what stands below that, both decoded."""

    __slots__ = ("body", "client", "headers", "host", "method", "path", "prefix", "query", "scheme")

    def __init__(
        self, method: str, prefix: bytes, path: bytes, query: str, *, scheme: str, client: str, headers: Headers
    ) -> None:
        self.method = method
        self.prefix = quote(prefix)
        self.path = quote(path or b"/", safe="/:@!$&'()*+,;=-._~")
        self.query = query
        self.scheme = scheme
        self.client = client
        self.headers = [(name.lower(), value) for name, value in headers]
        self.host = next((value for name, value in self.headers if name == "host"), "")
        self.body = b""

    @property
    def is_page(self) -> bool:
        """Whether a browser asks for something to look at."""
        return self.method in ("GET", "HEAD") and not self.path.startswith("/api/")

    def passed(self, token: str) -> dict[str, str]:
        """The headers that the hub gets."""
        way = {"token": token, "prefix": self.prefix, "scheme": self.scheme, "host": self.host, "client": self.client}
        passed = {"Quarterdeck-Forwarded": json.dumps(way)}
        for name, value in self.headers:
            if name in _PASSED or (name == "authorization" and _is_token(value)):
                passed[name] = value
            elif name == "cookie":
                passed[name] = "; ".join(_own_cookies(value.split(";")))
        return passed


class Answer:
    """An answer: iterate over it for its body, and close it."""

    def __init__(self, status: int, reason: str, headers: Headers, body: Iterable[bytes]) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self._body = iter(body)
        self._close = getattr(body, "close", None)

    def __iter__(self) -> Iterator[bytes]:
        return self._body

    def close(self) -> None:
        """Let go of the hub's."""
        if self._close is not None:
            self._close()


def forward(asked: Asked) -> Answer:
    """The hub's answer, or one that says why there is none and what happens about it; never raises."""
    if len(asked.body) > LARGEST:
        return _short(413, asked, f"A request has at most {LARGEST} bytes.")
    where = home.where()
    if where is not None:
        try:
            return _asked_of(*where, asked)
        except (http.client.InvalidURL, ValueError):  # nothing that a browser asks
            return _short(400, asked, "This request is not understood.")
        except TimeoutError:
            return _short(504, asked, "The hub of this dashboard takes too long.")
        except (OSError, http.client.HTTPException):
            home.lost()
    home.want()
    return _waiting(asked)


def _asked_of(url: str, token: str, asked: Asked) -> Answer:
    connection = connect(url, PATIENCE)
    try:
        query = _query(asked)
        target = below(url, asked.path) + (f"?{query}" if query else "")
        connection.request(asked.method, target, asked.body or None, asked.passed(token))
        response = connection.getresponse()
    except BaseException:
        connection.close()
        raise
    headers = [
        (name, value)
        for name, value in response.getheaders()
        if name.lower() not in _KEPT_BACK and (name.lower() != "set-cookie" or value.startswith(COOKIES))
    ]
    return Answer(response.status, response.reason, headers, _Body(connection, response))


class _Body:
    """What is left of the hub's answer."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        try:
            while chunk := self._response.read(_CHUNK):
                yield chunk
        finally:
            self.close()

    def close(self) -> None:
        self._response.close()
        self._connection.close()


def _query(asked: Asked) -> str:
    """That of the request; results of tests that name no service are of this program's."""
    if asked.path != _RESULTS or not home.service or "service=" in asked.query:
        return asked.query
    return f"service={quote(home.service, safe='')}" + (f"&{asked.query}" if asked.query else "")


def _own_cookies(cookies: Iterable[str]) -> list[str]:
    return [cookie for cookie in map(str.strip, cookies) if cookie.startswith(COOKIES)]


def _is_token(authorization: str) -> bool:
    """A token of the hub's; anything else is for what stands in front of the application."""
    return authorization.lower().startswith("bearer qd_")


def _waiting(asked: Asked) -> Answer:
    """There is no hub: it starts, or is for somebody else to start, or cannot be started."""
    if MEND in home.trouble:
        return _short(
            503, asked, "This dashboard needs the server's part of Quarterdeck, which is not installed.", MEND
        )
    if home.trouble:
        return _short(503, asked, "The dashboard cannot be started: standard error of the application says why.")
    if not home.starts:
        return _short(503, asked, AWAY, "quarterdeck up")
    return _short(503, asked, STARTING, again=True)


def _short(status: int, asked: Asked, text: str, command: str = "", *, again: bool = False) -> Answer:
    if asked.is_page:
        more = f"<p><code>{escape(command)}</code></p>" if command else ""
        kind, body = (
            "text/html; charset=utf-8",
            _PAGE.format(text=escape(text), more=more, again=_AGAIN if again else ""),
        )
    else:
        kind = "application/json"
        body = json.dumps({"error": {"code": "away", "message": text, "hint": command}})
    content = body.encode()
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        *([("Retry-After", "1")] if status == 503 else []),
    ]
    return Answer(status, http.client.responses[status], headers, [] if asked.method == "HEAD" else [content])
