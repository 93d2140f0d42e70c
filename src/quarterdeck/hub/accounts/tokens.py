"""Tokens: what programs and the command line show instead of a password; kept hashed, with a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.accounts.endings import Endings
from quarterdeck.hub.accounts.names import is_name
from quarterdeck.hub.accounts.secret import digest, new_secret

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.accounts.records import Records

TOKENS = "tokens"
PREFIX = "qd_"
_BEGINS = len(PREFIX) + 6
_TOUCH = 3600 * 1_000_000
Scope = Literal["admin", "guest", "producer"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


class TokenError(QuarterdeckError):
    """``code`` is token-name, token-scope or token-missing."""


class Token(NamedTuple):
    """``key`` is the hash of the secret, ``begins`` its first letters; times are microseconds UTC, 0 is never.

    ``own`` marks what the hub made for itself and does not list: the tokens of the discovery files.
    ``by`` is who made it.
    """

    key: str
    id: str
    name: str
    scope: Scope
    begins: str
    made: int
    used: int = 0
    own: bool = False
    by: str | None = None

    def shown(self) -> dict[str, Any]:
        """What a listing shows: everything but the hash."""
        return {name: value for name, value in self._asdict().items() if name not in ("key", "own")}


class Tokens:
    """Makes, finds, lists and removes tokens."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self.endings = Endings()
        self._kept = {key: Token(key, **said) for key, said in records.records(TOKENS).items()}

    async def make(self, name: str, scope: str, own: bool = False, by: str | None = None) -> tuple[str, Token]:
        """A new token and its secret, which is not kept; raises TokenError."""
        wanted: Scope | None = next((known for known in SCOPES if known == scope), None)
        if wanted is None:
            raise TokenError("token-scope", f"There is no scope {scope!r}.", f"Scopes are: {', '.join(SCOPES)}.")
        if not is_name(name):
            raise TokenError("token-name", "A token needs a name.", "Say what uses it: 1 to 100 printable characters.")
        secret, now = new_secret(PREFIX), self._clock.now()
        key = digest(secret)
        token = Token(key, key[:12], name, wanted, secret[:_BEGINS], now, 0, own, by)
        await self._write(token)
        return secret, token

    async def own(self, name: str, scope: Scope, known: str | None) -> str:
        """The hub's own token: the known one if it is still good, else a new one.  Returns the secret."""
        found = self.find(known) if known else None
        if known and found is not None and found.own and found.scope == scope:
            return known
        stale = [token.key for token in self._kept.values() if token.own and token.name == name]
        await self._drop(*stale)
        return (await self.make(name, scope, own=True))[0]

    def find(self, secret: str) -> Token | None:
        """The token of a secret."""
        return self._kept.get(digest(secret))

    async def touch(self, token: Token) -> None:
        """Note that the token is in use; written at most once an hour."""
        now = self._clock.now()
        if now - token.used > _TOUCH and token.key in self._kept:
            await self._write(token._replace(used=now))

    def list(self) -> list[Token]:
        """All tokens that people made, oldest first."""
        return sorted((token for token in self._kept.values() if not token.own), key=lambda token: token.made)

    async def remove(self, id_or_name: str) -> Token:
        """Remove a token; raises TokenError if there is none, or several of that name."""
        found = [token for token in self.list() if id_or_name in (token.id, token.name)]
        if len(found) != 1:
            how = "is no token" if not found else f"are {len(found)} tokens"
            raise TokenError("token-missing", f"There {how} {id_or_name!r}.", "List them: quarterdeck token ls")
        await self._drop(found[0].key)
        return found[0]

    async def _write(self, token: Token) -> None:
        self._kept[token.key] = token
        said = {name: value for name, value in token._asdict().items() if name != "key"}
        await self._records.write({(TOKENS, token.key): said})

    async def _drop(self, *keys: str) -> None:
        for key in keys:
            del self._kept[key]
        self.endings.tell(*keys)
        if keys:
            await self._records.write({(TOKENS, key): None for key in keys})
