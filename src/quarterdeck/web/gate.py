"""The one gate in front of HTTP and WebSocket alike: host, account, origin, CSRF token, role; default deny."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser

from quarterdeck.hub.accounts.secret import same
from quarterdeck.hub.builds.formats import LARGEST as LARGEST_RESULTS
from quarterdeck.web.ending import Ending
from quarterdeck.web.errors import error_response
from quarterdeck.web.forwarded import may_be_forwarded, prefix_of, seen
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
_NO_NAME = re.compile(r"[^A-Za-z0-9]")
_BADLY_FORWARDED = "What this request says of its way is not understood.", "Give both sides the same version."
_NOT_TO_FORWARD = (
    "Who forwards this request has no token for it.",
    "Give the application a producer's: QUARTERDECK_TOKEN",
)
_HELD_OPEN = "Requests that stay open are not forwarded.", "Ask GET /api/live/poll, or go to the hub itself."
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
            scope = self._as_asked(scope)
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

    def _as_asked(self, scope: Scope) -> Scope:
        """The request as the browser made it, though an application may have forwarded it."""
        try:
            found = seen(scope)
        except ValueError:
            raise _Refusal(400, "forward-form", *_BADLY_FORWARDED) from None
        if found is None:
            return scope
        token = self._accounts.tokens.find(found.token)
        if token is None or token.scope == "guest":
            raise _Refusal(401, "forward-token", *_NOT_TO_FORWARD)
        if scope["type"] == "websocket" or not may_be_forwarded(scope["path"]):
            raise _Refusal(404, "forward-held", *_HELD_OPEN)
        return found.scope

    async def _judge(self, scope: Scope) -> Account | None:
        headers = Headers(scope=scope)
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        named = headers.getlist("host")
        # By which names an application is known is its own matter.
        if not prefix_of(scope) and (len(named) != 1 or not self._hosts.allows(named[0])):
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
    secure, prefix = scope["scheme"] in ("https", "wss"), prefix_of(scope)
    if prefix:
        # The application's own cookies are beside it, those of other applications of this host, too; and the hub may
        # have another port tomorrow.
        of_host = Headers(scope=scope)["host"].rpartition(":")[2]
        name = f"quarterdeck{_NO_NAME.sub('-', prefix)}-{of_host if of_host.isdecimal() else ''}".rstrip("-")
        return f"__Secure-{name}" if secure else name
    port = (scope.get("server") or ("", 0))[1] or 0
    return f"__Host-quarterdeck-{port}" if secure else f"quarterdeck-{port}"


def cookie_path(scope: Scope) -> str:
    """The path below which browsers send it."""
    return prefix_of(scope) or "/"


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
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    if site is not None and prefix_of(scope):
        # What stands in front of an application often leaves it another host than the browser's.
        return False
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
