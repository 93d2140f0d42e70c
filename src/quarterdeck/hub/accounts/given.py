"""Accounts that a configuration gives: they are as it says whenever it says something new.

What it said last is remembered, so that a password which was changed on the page stays until the configuration changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.hub.accounts.accounts import Accounts
    from quarterdeck.hub.accounts.audit import Audit

MOST_PASSWORDS = 20
BY = "the configuration"


class GivenUser(msgspec.Struct, frozen=True):
    """One account, each of whose passwords logs in."""

    name: str
    role: str
    passwords: tuple[str, ...]


async def give(accounts: Accounts, audit: Audit, users: Iterable[GivenUser]) -> list[str]:
    """Make the accounts as they are given; returns the names of those that changed.  Raises AccountError."""
    changed = []
    for user in users:
        if await accounts.give(user.name, user.role, user.passwords[:MOST_PASSWORDS]):
            audit.account(user.name, "account.given", BY, role=user.role)
            changed.append(user.name)
    return changed
