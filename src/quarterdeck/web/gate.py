"""The one gate in front of HTTP and WebSocket alike: host, account, origin, CSRF token, role; default deny."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser

from quarterdeck.hub.accounts.secret import same
from quarterdeck.hub.builds.formats import LARGEST as LARGEST_RESULTS
from quarterdeck.web.ending import Ending
from quarterdeck.web.errors import error_response
from quarterdeck.web.limit import LARGEST, BodyLimit
from quarterdeck.web.rules import RESULTS, roles_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from quarterdeck.hub.accounts.accounts import Account, Accounts
    from quarterdeck.web.hosts import Hosts

CSRF = "x-csrf-token"
_SAFE = {"GET", "HEAD"}
_UNPROVEN = {"GET", "HEAD", "WS"}  # a browser's WebSocket cannot send headers of its own: its Origin is checked instead
_FORMS = {"text/plain", "multipart/form-data", "application/x-www-form-urlencoded"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SECURITY = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Gate:
    """ASGI in front of ``app``; puts the Account (None for anonymous) into ``scope["state"]["account"]``."""

    def __init__(self, app: ASGIApp, accounts: Accounts, hosts: Hosts, largest_blob: int = LARGEST) -> None:
        self._app = app
        self._largest_blob = largest_blob
        self._accounts = accounts
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        guarded = _with_security(send, scope["path"])
        try:
            account = await self._judge(scope)
        except _Refusal as refusal:
            await _refuse(refusal.response, scope, receive, guarded)
            return
        scope.setdefault("state", {})["account"] = account
        if scope["type"] == "http":
            await BodyLimit(self._pass, self._largest(scope["path"])).run(scope, receive, guarded)
        else:
            await self._pass(scope, receive, guarded)

    def _largest(self, path: str) -> int:
        """How many bytes a body may have."""
        if path.startswith("/api/blobs/"):
            return self._largest_blob
        return LARGEST_RESULTS if path == RESULTS else LARGEST

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        account: Account | None = scope["state"]["account"]
        if account is None:
            await self._app(scope, receive, send)
        elif account.session is not None:
            await Ending(self._accounts.sessions.endings, account.session).run(self._app, scope, receive, send)
        else:
            await Ending(self._accounts.tokens.endings, account.token or "").run(self._app, scope, receive, send)

    async def _judge(self, scope: Scope) -> Account | None:
        headers = Headers(scope=scope)
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        named = headers.getlist("host")
        if len(named) != 1 or not self._hosts.allows(named[0]):
            hint = 'If this is a name of the hub, add it in quarterdeck.toml: [hub] hosts = ["NAME"]'
            raise _Refusal(421, "host-unknown", "The hub is not known by this host name.", hint)
        if method not in _SAFE and _is_foreign(headers, scope):
            hint = "Open the hub's own page."
            raise _Refusal(403, "origin", "The request comes from a page of another origin.", hint)
        account, by_token = await self._account(scope, headers)
        if account is not None and not by_token and method not in _UNPROVEN and not _is_proven(account, headers):
            hint = "Send X-CSRF-Token as GET /api/me gives it, and JSON."
            raise _Refusal(403, "csrf", "The request does not prove that it comes from the page.", hint)
        roles = roles_of(method, scope["path"])
        if "anonymous" in roles and not (by_token and account is None):
            return account
        if account is None:
            hint = "Log in, or send Authorization: Bearer TOKEN; on the machine of the hub: quarterdeck login-link"
            raise _Refusal(401, "login-needed", "This needs a login.", hint)
        if not roles:
            raise _Refusal(404, "not-found", "There is nothing here.", "docs/reference.md says what there is.")
        if account.role not in roles:
            raise _Refusal(403, "not-allowed", f"The role {account.role} may not do this.", "Ask an admin.")
        return account

    async def _account(self, scope: Scope, headers: Headers) -> tuple[Account | None, bool]:
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme:
            # A bad token is not mended by a good cookie.
            return (await self._accounts.by_token(secret.strip()) if scheme.lower() == "bearer" else None), True
        found = read_cookie(scope, headers)
        return (await self._accounts.by_session(found) if found else None), False


def cookie_name(scope: Scope) -> str:
    """The name of the session's cookie: with the port, as cookies know none and several hubs share a host."""
    port = (scope.get("server") or ("", 0))[1] or 0
    return f"__Host-quarterdeck-{port}" if scope["scheme"] in ("https", "wss") else f"quarterdeck-{port}"


def read_cookie(scope: Scope, headers: Headers) -> str | None:
    """The secret of the session's cookie, if there is one."""
    # Whatever another server on this host has put beside it: a strict parser would give up all for one of them.
    return cookie_parser(headers.get("cookie", "")).get(cookie_name(scope))


class _Refusal(Exception):
    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(code)
        self.response = error_response(status, code, message, hint)


def _is_foreign(headers: Headers, scope: Scope) -> bool:
    """Whether a page of another origin asks; programs other than browsers send no Origin."""
    origin = headers.get("origin")
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    return origin is not None and not _is_own(origin, headers, scope)


def _is_own(origin: str, headers: Headers, scope: Scope) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    secure = scope["scheme"] in ("https", "wss")
    return parts.netloc.lower() == headers.get("host", "").lower() and (parts.scheme == "https" or not secure)


def _is_proven(account: Account, headers: Headers) -> bool:
    """Whether the request has the session's CSRF token, and no form of another site could have sent it."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return account.csrf is not None and same(headers.get(CSRF, ""), account.csrf) and kind not in _FORMS


def _with_security(send: Send, path: str) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            if path.startswith("/api/") or path == "/metrics":
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return guarded


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await refusal(scope, receive, send)
        return
    # Closed before it is accepted: the server answers the handshake with 403.
    await receive()
    await send({"type": "websocket.close", "code": 4403 if refusal.status_code == 403 else 4401})
