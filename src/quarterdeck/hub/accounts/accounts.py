"""Who may do what: users with the roles admin and guest, sessions, tokens, and one-time login codes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.accounts.attempts import Attempts, block_of
from quarterdeck.hub.accounts.names import LONGEST as LONGEST_NAME
from quarterdeck.hub.accounts.names import is_name
from quarterdeck.hub.accounts.passwords import LONGEST, SHORTEST, Passwords
from quarterdeck.hub.accounts.secret import digest, new_secret
from quarterdeck.hub.accounts.sessions import Sessions
from quarterdeck.hub.accounts.tokens import Tokens
from quarterdeck.hub.peers import ADMIN, GUEST, producer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.accounts.records import Records
    from quarterdeck.hub.accounts.sessions import Session
    from quarterdeck.hub.peers import Rights

USERS, CODES = "users", "codes"
CODE_LIVES = 15 * 60 * 1_000_000
LINK_NAME = "login link"
_PER_NAME, _PER_ADDRESS = 5, 20
Role = Literal["admin", "guest", "producer"]
ROLES = ("admin", "guest")


class AccountError(QuarterdeckError):
    """A login or a change of users that is not to be.

    ``code`` is login-failed, login-wait, password-short, user-name, user-role, user-taken, user-missing,
    user-last or session-missing.
    """


class Account(NamedTuple):
    """Who asks: by a session (``session``, its key, and ``csrf`` set) or by a token (``token`` is its key)."""

    name: str
    role: Role
    session: str | None = None
    csrf: str | None = None
    user: str | None = None
    token: str | None = None


class Accounts:
    """All of it, in memory, written through to the records."""

    def __init__(self, records: Records, clock: Clock, passwords: Passwords | None = None) -> None:
        self._records = records
        self._clock = clock
        self._passwords = passwords or Passwords()
        self.sessions = Sessions(records, clock)
        self.tokens = Tokens(records, clock)
        self._users: dict[str, dict[str, Any]] = records.records(USERS)
        self._codes: dict[str, int] = {key: said["expires"] for key, said in records.records(CODES).items()}
        self._by_name = Attempts(_PER_NAME)
        self._by_address = Attempts(_PER_ADDRESS)
        self._naming = asyncio.Lock()

    # --- who asks

    async def by_session(self, secret: str) -> Account | None:
        """The account of a cookie's secret; None if its session is over or its user gone."""
        session = self.sessions.find(secret)
        if session is None:
            return None
        await self.sessions.touch(session)
        # It may have ended meanwhile, and whoever goes on with it from here hears of its end.
        return None if self.sessions.find(secret) is None else self._account(session, secret)

    async def by_token(self, secret: str) -> Account | None:
        """The account of a token; None if there is no such token."""
        token = self.tokens.find(secret)
        if token is None:
            return None
        await self.tokens.touch(token)
        return None if self.tokens.find(secret) is None else Account(token.name, token.scope, token=token.key)

    def _account(self, session: Session, secret: str) -> Account | None:
        # Derived, so that it needs no place of its own; whoever has the page has it, a foreign site has not.
        csrf = digest(f"csrf {secret}")
        if session.user is None:
            return Account(LINK_NAME, "admin", session.key, csrf)
        user = self._users.get(session.user)
        return None if user is None else Account(session.user, user["role"], session.key, csrf, session.user)

    def rights(self, account: Account) -> Rights:
        """What the account may patch, watch, call and claim."""
        if account.role == "admin":
            return ADMIN
        return GUEST if account.role == "guest" else producer(account.name)

    # --- logging in

    async def new_code(self) -> str:
        """A code that opens one admin session within 15 minutes."""
        code, now = new_secret(), self._clock.now()
        change: dict[tuple[str, str], Any] = {(CODES, key): None for key, end in self._codes.items() if end < now}
        self._codes = {key: end for key, end in self._codes.items() if end >= now}
        self._codes[digest(code)] = now + CODE_LIVES
        await self._records.write({**change, (CODES, digest(code)): {"expires": now + CODE_LIVES}})
        return code

    async def login_by_code(self, code: str, address: str, agent: str = "") -> str:
        """Spend a code; returns the secret of a new session, raises AccountError."""
        self._check_pace(address)
        key = digest(code)
        expires = self._codes.pop(key, 0)
        if expires < self._clock.now():
            self._by_address.fail(block_of(address), self._clock.monotonic())
            hint = "A link works once, for 15 minutes. On the machine of the hub: quarterdeck login-link"
            raise AccountError("login-failed", "This login link is spent or too old.", hint)
        await self._records.write({(CODES, key): None})
        return await self.sessions.open(None, agent)

    async def login(self, name: str, password: str, address: str, agent: str = "") -> str:
        """Check name and password; returns the secret of a new session, raises AccountError."""
        self._check_pace(address, name)
        # Counted before the check: what is under way together counts together.
        self._by_name.fail(name[:LONGEST_NAME], self._clock.monotonic())
        self._by_address.fail(block_of(address), self._clock.monotonic())
        user = self._users.get(name, {})
        fits = False
        for kept in (user.get("password"), *user.get("also", ())):
            fits = await self._passwords.verify(kept, password[:LONGEST]) or fits
        # Meanwhile the user may have gone, or the password have changed and ended all sessions.
        if not fits or self._users.get(name) != user:
            hint = "Forgotten? On the machine of the hub: quarterdeck login-link"
            raise AccountError("login-failed", "Name and password do not match.", hint)
        self._by_name.succeed(name[:LONGEST_NAME])
        return await self.sessions.open(name, agent)

    def _check_pace(self, address: str, name: str | None = None) -> None:
        now = self._clock.monotonic()
        wait = self._by_address.wait(block_of(address), now)
        if name is not None:
            wait = max(wait, self._by_name.wait(name[:LONGEST_NAME], now))
        if wait:
            raise AccountError("login-wait", "Too many failed logins.", f"Try again in {int(wait) + 1} seconds.")

    @property
    def needs_password(self) -> bool:
        """Whether no admin has a password yet, so that only login links open the deck."""
        return not any(user["role"] == "admin" and user["password"] for user in self._users.values())

    # --- users

    def users(self) -> list[dict[str, Any]]:
        """Name, role, time of making, last sight (microseconds UTC) and open sessions of every user, by name."""
        return [self._shown(name) for name in sorted(self._users)]

    def _shown(self, name: str) -> dict[str, Any]:
        sessions = self.sessions.of(name)
        seen = max((session.seen for session in sessions), default=None)
        made, role = self._users[name]["made"], self._users[name]["role"]
        return {"name": name, "role": role, "made": made, "sessions": len(sessions), "seen": seen}

    async def add_user(self, name: str, role: str, password: str) -> None:
        """Add a user; raises AccountError."""
        _check_name(name)
        _check_role(role)
        hashed = await self._hash(password)
        async with self._naming:
            if name in self._users:
                raise AccountError("user-taken", f"There is a user {name!r} already.", "Choose another name.")
            await self._keep(name, {"role": role, "password": hashed, "made": self._clock.now()})

    async def set_password(self, name: str, password: str, spare: str | None = None) -> None:
        """Change a password and end the user's sessions but the one whose key is ``spare``; raises AccountError."""
        hashed = await self._hash(password)
        await self._keep(name, {**self._user(name), "password": hashed, "also": []})
        await self.sessions.end(*(session.key for session in self.sessions.of(name) if session.key != spare))

    async def give(self, name: str, role: str, passwords: Sequence[str]) -> bool:
        """Make a user as a configuration says, unless it said the same before; each of the passwords logs in.

        Returns whether anything changed.  Such passwords may be short: whoever wrote them has been told.
        """
        _check_name(name)
        _check_role(role)
        if not passwords:
            raise AccountError("password-short", f"The user {name!r} is given no password.", "Give one.")
        before = self._users.get(name, {})
        given = before.get("given", ())
        known = before.get("role") == role and len(given) == len(passwords)
        if known and all([await self._passwords.verify(*pair) for pair in zip(given, passwords, strict=True)]):
            return False
        first, *more = hashed = [await self._passwords.hash(password[:LONGEST]) for password in passwords]
        made = before.get("made", self._clock.now())
        await self._keep(name, {"role": role, "password": first, "made": made, "also": more, "given": hashed})
        await self.sessions.end(*(session.key for session in self.sessions.of(name)))
        return True

    async def set_role(self, name: str, role: str) -> str:
        """Give a user another role and end the sessions, which had the rights of the old one; returns the old role.
        Raises AccountError, for the last admin too."""
        user = self._user(name)
        _check_role(role)
        before = str(user["role"])
        if role != before:
            if before == "admin":
                self._keep_an_admin(name)
            await self._keep(name, {**user, "role": role})
            await self.sessions.end(*(session.key for session in self.sessions.of(name)))
        return before

    async def remove_user(self, name: str) -> None:
        """Remove a user and end the sessions; raises AccountError, for the last admin too."""
        user = self._user(name)
        if user["role"] == "admin" and len(self._users) > 1:
            self._keep_an_admin(name)
        await self._keep(name, None)
        await self.sessions.end(*(session.key for session in self.sessions.of(name)))

    async def end_session(self, id: str, user: str | None = None) -> Session:
        """End a session, which has to be the ``user``'s if one is named; raises AccountError."""
        found = [session for session in self.sessions.all() if session.id == id and user in (None, session.user)]
        if not found:
            raise AccountError("session-missing", f"There is no session {id!r}.", "It may have ended by itself.")
        await self.sessions.end(found[0].key)
        return found[0]

    def _keep_an_admin(self, name: str) -> None:
        if not any(user["role"] == "admin" for other, user in self._users.items() if other != name):
            raise AccountError("user-last", f"{name!r} is the last admin.", "Make somebody else an admin first.")

    async def _hash(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise AccountError("password-short", "This password is too short.", f"Use {SHORTEST} characters or more.")
        return await self._passwords.hash(password)

    def _user(self, name: str) -> dict[str, Any]:
        if name not in self._users:
            raise AccountError("user-missing", f"There is no user {name!r}.", "List them: quarterdeck user ls")
        return self._users[name]

    async def _keep(self, name: str, user: dict[str, Any] | None) -> None:
        if user is None:
            self._users.pop(name, None)
        else:
            self._users[name] = user
        await self._records.write({(USERS, name): user})


def _check_name(name: str) -> None:
    if not is_name(name):
        raise AccountError("user-name", "This cannot be a user's name.", "Use 1 to 100 printable characters.")


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise AccountError("user-role", f"There is no role {role!r}.", f"Roles are: {', '.join(ROLES)}.")
