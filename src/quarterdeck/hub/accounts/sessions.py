"""Sessions of browsers: kept on the hub's side, hashed; the cookie has only the secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.hub.accounts.endings import Endings
from quarterdeck.hub.accounts.secret import digest, new_secret

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.accounts.records import Records

SESSIONS = "sessions"
HOUR = 3600 * 1_000_000
IDLE = 30 * 24 * HOUR
"""A session that nobody used for this long has ended (microseconds)."""
BY_LINK = 12 * HOUR
"""The same for one that a login link opened and no account belongs to."""


_LONGEST_AGENT = 200


class Session(NamedTuple):
    """``key`` is the hash of the cookie's secret; ``user`` is None for a session by login link.

    ``agent`` is what the browser said of itself.
    """

    key: str
    user: str | None
    made: int
    seen: int
    agent: str = ""

    @property
    def id(self) -> str:
        """What a listing calls it: enough of the key to tell it from others, too little to be one."""
        return self.key[:12]


class Sessions:
    """Opens, finds and ends sessions, and tells who holds something open on one when it ends."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._open = {key: Session(key, **said) for key, said in records.records(SESSIONS).items()}
        self._used: dict[str, int] = {}  # newer than what is written, which is at most an hour old
        self.endings = Endings()

    async def open(self, user: str | None, agent: str = "") -> str:
        """A new session; returns the secret for the cookie.  What has expired goes on this occasion."""
        secret, now = new_secret(), self._clock.now()
        session = Session(digest(secret), user, now, now, agent[:_LONGEST_AGENT])
        self._open[session.key] = session
        expired = [found.key for found in self._open.values() if self._is_over(found)]
        await self._write({session.key: session, **dict.fromkeys(expired)})
        return secret

    def find(self, secret: str) -> Session | None:
        """The session of a cookie's secret, if it is still open."""
        session = self._open.get(digest(secret))
        return None if session is None or self._is_over(session) else session

    async def touch(self, session: Session) -> None:
        """Note that the session is in use; written at most once an hour."""
        now = self._clock.now()
        if session.key not in self._open:
            return
        self._used[session.key] = now
        if now - session.seen > HOUR:
            await self._write({session.key: session._replace(seen=now)})

    async def end(self, *keys: str) -> None:
        """End these sessions; listeners hear of it first."""
        self.endings.tell(*keys)
        await self._write(dict.fromkeys(keys))

    def all(self) -> list[Session]:
        """All open sessions, the one that was used last first."""
        here = [self._now(session) for session in self._open.values() if not self._is_over(session)]
        return sorted(here, key=lambda session: session.seen, reverse=True)

    def of(self, user: str) -> list[Session]:
        """The open sessions of a user."""
        return [session for session in self.all() if session.user == user]

    def _now(self, session: Session) -> Session:
        """With the time of its last use, which is not written each time."""
        return session._replace(seen=max(session.seen, self._used.get(session.key, 0)))

    async def end_old(self) -> None:
        """End what has expired, and with it what is still open on it."""
        if old := [session.key for session in self._open.values() if self._is_over(session)]:
            await self.end(*old)

    def _is_over(self, session: Session) -> bool:
        return self._clock.now() - session.seen > (IDLE if session.user is not None else BY_LINK)

    async def _write(self, changed: dict[str, Session | None]) -> None:
        change: dict[tuple[str, str], Any] = {}
        for key, session in changed.items():
            if session is None:
                self._open.pop(key, None)
                self._used.pop(key, None)
                change[SESSIONS, key] = None
            else:
                self._open[key] = session
                change[SESSIONS, key] = {name: value for name, value in session._asdict().items() if name != "key"}
        if change:
            await self._records.write(change)
