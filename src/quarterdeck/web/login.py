"""Logging in and out, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.routing import Route

from quarterdeck.hub.accounts.accounts import AccountError
from quarterdeck.hub.accounts.sessions import IDLE
from quarterdeck.web.bodies import BodyError, read_body
from quarterdeck.web.errors import error_of, json_response
from quarterdeck.web.gate import cookie_name

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.accounts.accounts import Account, Accounts

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

    def __init__(self, accounts: Accounts, deck: str) -> None:
        self._accounts = accounts
        self._deck = deck

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
        try:
            proof = await read_body(request, Proof)
            if proof.code is not None:
                secret = await self._accounts.login_by_code(proof.code, address)
            else:
                secret = await self._accounts.login(proof.name or "", proof.password or "", address)
        except (AccountError, BodyError) as error:
            return error_of(error, _STATUS.get(error.code, 400))
        return _with_cookie(request, json_response({"ok": True}), secret)

    async def logout(self, request: Request) -> Response:
        """End the session, and everything that is open on it."""
        account: Account = request.state.account
        if account.session is not None:
            await self._accounts.sessions.end(account.session)
        response = json_response({"ok": True})
        response.delete_cookie(cookie_name(request.scope), path="/", httponly=True, samesite="strict")
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
            if account.user is None:
                await self._accounts.add_user(naming.name, "admin", naming.password)
            elif account.user == naming.name:
                await self._accounts.set_password(naming.name, naming.password, spare=account.session)
            else:
                hint = "Add a user instead: POST /api/users"
                raise AccountError("user-taken", f"You are {account.user!r} already.", hint)
        except (AccountError, BodyError) as error:
            return error_of(error)
        if account.session is None:
            return json_response({"ok": True})
        secret = await self._accounts.sessions.open(naming.name)
        await self._accounts.sessions.end(account.session)
        return _with_cookie(request, json_response({"ok": True}), secret)


def _with_cookie(request: Request, response: Response, secret: str) -> Response:
    response.set_cookie(
        cookie_name(request.scope),
        secret,
        max_age=IDLE // 1_000_000,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response
