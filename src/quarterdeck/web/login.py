"""Logging in and out, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.routing import Route

from quarterdeck.hub.accounts.accounts import LINK_NAME, AccountError
from quarterdeck.hub.accounts.sessions import IDLE
from quarterdeck.web.bodies import BodyError, read_body
from quarterdeck.web.errors import error_of, json_response
from quarterdeck.web.gate import cookie_name, cookie_path

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.accounts.accounts import Account, Accounts
    from quarterdeck.hub.accounts.audit import Audit

_STATUS = {"login-failed": 401, "login-wait": 429}


class Proof(msgspec.Struct):
    """A login code, or name and password."""

    code: str | None = None
    name: str | None = None
    password: str | None = None


class Naming(msgspec.Struct):
    """The name and password that a login by link chooses, or the new password of one's own account."""

    name: str
    password: str


class Login:
    """The endpoints; ``deck`` is the name that the page shows."""

    def __init__(self, accounts: Accounts, deck: str, audit: Audit) -> None:
        self._accounts = accounts
        self._deck = deck
        self._audit = audit

    def routes(self) -> list[BaseRoute]:
        """What the app mounts."""
        return [
            Route("/api/login", self.login, methods=["POST"]),
            Route("/api/logout", self.logout, methods=["POST"]),
            Route("/api/me", self.me, methods=["GET"]),
            Route("/api/account", self.account, methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """Open a session; 401 and 429 say why not."""
        address = request.client.host if request.client else "?"
        agent = request.headers.get("user-agent", "")
        try:
            proof = await read_body(request, Proof)
            name = LINK_NAME if proof.code is not None else proof.name or ""
            if proof.code is not None:
                secret = await self._accounts.login_by_code(proof.code, address, agent)
            else:
                secret = await self._accounts.login(name, proof.password or "", address, agent)
        except (AccountError, BodyError) as error:
            return error_of(error, _STATUS.get(error.code, 400))
        self._audit.account(name, "session.opened", name, address=address)
        return _with_cookie(request, json_response({"ok": True}), secret)

    async def logout(self, request: Request) -> Response:
        """End the session, and everything that is open on it."""
        account: Account = request.state.account
        if account.session is not None:
            await self._accounts.sessions.end(account.session)
            self._audit.account(account.name, "session.ended", account.name)
        response = json_response({"ok": True})
        response.delete_cookie(
            cookie_name(request.scope), path=cookie_path(request.scope), httponly=True, samesite="strict"
        )
        return response

    async def me(self, request: Request) -> Response:
        """Who asks, and what the page needs to act for them."""
        account: Account = request.state.account
        needs = account.role == "admin" and account.user is None and self._accounts.needs_password
        return json_response(
            {
                "name": account.name,
                "role": account.role,
                "csrf": account.csrf,
                "deck": self._deck,
                "needs_password": needs and account.session is not None,
            }
        )

    async def account(self, request: Request) -> Response:
        """Name the admin who came by link, or change one's own password; the session is a new one afterwards."""
        account: Account = request.state.account
        try:
            naming = await read_body(request, Naming)
            await self._name(account, naming)
        except (AccountError, BodyError) as error:
            return error_of(error)
        if account.session is None:
            return json_response({"ok": True})
        secret = await self._accounts.sessions.open(naming.name, request.headers.get("user-agent", ""))
        await self._accounts.sessions.end(account.session)
        return _with_cookie(request, json_response({"ok": True}), secret)

    async def _name(self, account: Account, naming: Naming) -> None:
        if account.user == naming.name:
            await self._accounts.set_password(naming.name, naming.password, spare=account.session)
            self._audit.account(naming.name, "account.password_changed", account.name)
        elif account.user is not None:
            hint = "Add a user instead: POST /api/users"
            raise AccountError("user-taken", f"You are {account.user!r} already.", hint)
        elif account.role == "admin":
            await self._accounts.add_user(naming.name, "admin", naming.password)
            self._audit.account(naming.name, "account.added", account.name, role="admin")
        else:
            raise AccountError("user-role", "Only an admin adds users.", "Ask an admin for an account.")


def _with_cookie(request: Request, response: Response, secret: str) -> Response:
    response.set_cookie(
        cookie_name(request.scope),
        secret,
        max_age=IDLE // 1_000_000,
        path=cookie_path(request.scope),
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="strict",
    )
    return response
