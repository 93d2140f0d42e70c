"""What admins keep: users, tokens, login links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.routing import Route

from quarterdeck.hub.accounts.accounts import LINK_NAME, AccountError
from quarterdeck.hub.accounts.given import GivenUser, give
from quarterdeck.hub.accounts.tokens import TokenError
from quarterdeck.web.bodies import BodyError, read_body
from quarterdeck.web.errors import error_of, json_response
from quarterdeck.web.forwarded import address_of, prefix_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.accounts.accounts import Account, Accounts
    from quarterdeck.hub.accounts.audit import Audit

    Endpoint = Callable[[Request], Awaitable[Response]]

_STATUS = {"user-missing": 404, "token-missing": 404, "session-missing": 404, "user-taken": 409, "user-last": 409}


class NewToken(msgspec.Struct):
    """``scope`` is admin, guest or producer."""

    name: str
    scope: str = "producer"


class NewUser(msgspec.Struct):
    """``role`` is admin or guest."""

    name: str
    password: str
    role: str = "guest"


class GivenUsers(msgspec.Struct):
    """The accounts of a configuration."""

    users: list[GivenUser]


class NewRole(msgspec.Struct):
    """The new role of a user: admin or guest."""

    role: str


class NewPassword(msgspec.Struct):
    """The new password of a user."""

    password: str


class People:
    """The endpoints."""

    def __init__(self, accounts: Accounts, links: Callable[[str, str | None], str], audit: Audit) -> None:
        self._accounts = accounts
        self._link = links
        self._audit = audit

    def routes(self) -> list[BaseRoute]:
        """What the app mounts."""
        return [
            Route("/api/tokens", self.tokens, methods=["GET"]),
            Route("/api/tokens", _told(self.new_token), methods=["POST"]),
            Route("/api/tokens/{id:path}", _told(self.remove_token), methods=["DELETE"]),
            Route("/api/users", self.users, methods=["GET"]),
            Route("/api/users", _told(self.new_user), methods=["POST"]),
            Route("/api/users/given", _told(self.give), methods=["POST"]),
            Route("/api/users/{name:path}/role", _told(self.set_role), methods=["PUT"]),
            Route("/api/users/{name:path}", _told(self.remove_user), methods=["DELETE"]),
            Route("/api/sessions", self.sessions, methods=["GET"]),
            Route("/api/sessions/{id}", _told(self.end_session), methods=["DELETE"]),
            Route("/api/users/{name:path}/password", _told(self.set_password), methods=["PUT"]),
            Route("/api/login-codes", self.new_code, methods=["POST"]),
        ]

    async def tokens(self, request: Request) -> Response:
        """All tokens that people made, without their secrets."""
        return json_response({"tokens": [token.shown() for token in self._accounts.tokens.list()]})

    async def new_token(self, request: Request) -> Response:
        """Make one; the answer has the secret, this once."""
        wanted = await read_body(request, NewToken)
        by = _by(request)
        secret, token = await self._accounts.tokens.make(wanted.name, wanted.scope, by=by)
        self._audit.token(token.name, "token.made", by, name=token.name, scope=token.scope)
        return json_response({"token": secret, **token.shown()}, 201)

    async def remove_token(self, request: Request) -> Response:
        """Remove one, by id or name."""
        token = await self._accounts.tokens.remove(request.path_params["id"])
        self._audit.token(token.name, "token.removed", _by(request), name=token.name, scope=token.scope)
        return json_response(token.shown())

    async def sessions(self, request: Request) -> Response:
        """Open sessions: all to an admin, one's own to a guest; ``here`` marks the one that asks."""
        account: Account = request.state.account
        all_of_them = account.role == "admin"
        return json_response(
            {
                "sessions": [
                    {
                        "id": session.id,
                        "user": session.user,
                        "made": session.made,
                        "seen": session.seen,
                        "agent": session.agent,
                        "here": session.key == account.session,
                    }
                    for session in self._accounts.sessions.all()
                    if all_of_them or (account.user is not None and session.user == account.user)
                ]
            }
        )

    async def end_session(self, request: Request) -> Response:
        """End one; a guest ends only their own."""
        account: Account = request.state.account
        only = None if account.role == "admin" else account.user or ""
        session = await self._accounts.end_session(request.path_params["id"], only)
        self._audit.account(session.user or LINK_NAME, "session.ended", _by(request))
        return json_response({"ok": True})

    async def users(self, request: Request) -> Response:
        """All users."""
        return json_response({"users": self._accounts.users()})

    async def new_user(self, request: Request) -> Response:
        """Add one."""
        user = await read_body(request, NewUser)
        await self._accounts.add_user(user.name, user.role, user.password)
        self._audit.account(user.name, "account.added", _by(request), role=user.role)
        return json_response({"name": user.name, "role": user.role}, 201)

    async def give(self, request: Request) -> Response:
        """Make users as a configuration says; ``changed`` names those that were not so already."""
        wanted = await read_body(request, GivenUsers)
        return json_response({"changed": await give(self._accounts, self._audit, wanted.users)})

    async def remove_user(self, request: Request) -> Response:
        """Remove one, and end the sessions."""
        name = request.path_params["name"]
        await self._accounts.remove_user(name)
        self._audit.account(name, "account.removed", _by(request))
        return json_response({"ok": True})

    async def set_role(self, request: Request) -> Response:
        """Give a user another role, and end the sessions."""
        name, wanted = request.path_params["name"], await read_body(request, NewRole)
        before = await self._accounts.set_role(name, wanted.role)
        self._audit.account(name, "account.role_changed", _by(request), role=[before, wanted.role])
        return json_response({"ok": True})

    async def set_password(self, request: Request) -> Response:
        """Give a user a new password, and end the sessions."""
        name, wanted = request.path_params["name"], await read_body(request, NewPassword)
        await self._accounts.set_password(name, wanted.password)
        self._audit.account(name, "account.password_changed", _by(request))
        return json_response({"ok": True})

    async def new_code(self, request: Request) -> Response:
        """A login link that works once, for 15 minutes."""
        code = await self._accounts.new_code()
        link = self._link(code, address_of(request) if prefix_of(request.scope) else None)
        self._audit.account(LINK_NAME, "account.link_made", _by(request))
        return json_response({"link": link}, 201)


def _by(request: Request) -> str:
    account: Account = request.state.account
    return account.name


def _told(endpoint: Endpoint) -> Endpoint:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (AccountError, TokenError, BodyError) as error:
            return error_of(error, _STATUS.get(error.code, 400))

    return answered
