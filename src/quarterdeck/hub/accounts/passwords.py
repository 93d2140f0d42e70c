"""Passwords: argon2, in a thread, a few at a time, since each costs a tenth of a second of a core."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_AT_ONCE = 2
SHORTEST = 10
LONGEST = 1024


class Passwords:
    """Hashes and verifies; the work of an unknown user is that of a known one."""

    def __init__(self) -> None:
        self._hasher: PasswordHasher | None = None
        self._nobody: str | None = None
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """The argon2 hash of a password, with its parameters and salt."""
        async with self._turns:
            return await asyncio.to_thread(self._hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed; always False for None, in the same time."""
        async with self._turns:
            return await asyncio.to_thread(self._verify, kept, password)

    def _hash(self, password: str) -> str:
        return self._ready().hash(password)

    def _verify(self, kept: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  # 25 ms that a start can spare

        if kept is None:
            self._nobody = self._nobody or self._hash("nobody has this password")
        try:
            self._ready().verify(kept or self._nobody or "", password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def _ready(self) -> PasswordHasher:
        self._hasher = self._hasher or new_hasher()
        return self._hasher


def new_hasher() -> PasswordHasher:
    """Argon2 as its authors recommend it."""
    from argon2 import PasswordHasher  # noqa: PLC0415  # 25 ms that a start can spare

    return PasswordHasher()
