"""Accounts, through the running hub or, without one, in the deck's store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from quarterdeck.cli.target import find_deck, find_hub, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from quarterdeck.cli.client import HubClient
    from quarterdeck.hub.accounts.accounts import Accounts


class People(Protocol):
    """Both ways."""

    def new_token(self, name: str, scope: str) -> str:
        """The secret of a new token."""
        ...

    def tokens(self) -> list[dict[str, Any]]:
        """All tokens."""
        ...

    def remove_token(self, name: str) -> None:
        """Remove one, by name or id."""
        ...

    def add_user(self, name: str, role: str, password: str) -> None:
        """Add a user."""
        ...

    def users(self) -> list[dict[str, Any]]:
        """All users."""
        ...

    def remove_user(self, name: str) -> None:
        """Remove a user."""
        ...

    def set_password(self, name: str, password: str) -> None:
        """Change a password."""
        ...


def with_people(wanted: Path | None, work: Callable[[People], None]) -> int:
    """Do ``work`` on the accounts of a deck; returns the exit code 0."""
    deck = find_deck(wanted)
    client = find_hub(deck)
    if client is not None:
        work(HubPeople(client))
        return 0
    from quarterdeck.hub.accounts.accounts import Accounts
    from quarterdeck.hub.clock import SystemClock
    from quarterdeck.hub.committed import StoredRecords

    with open_store(deck) as store:
        work(StoredPeople(Accounts(StoredRecords(store), SystemClock())))
    return 0


class HubPeople:
    """Through the running hub."""

    def __init__(self, client: HubClient) -> None:
        self._client = client

    def new_token(self, name: str, scope: str) -> str:
        """The secret of a new token."""
        return str(self._client.post("/api/tokens", {"name": name, "scope": scope})["token"])

    def tokens(self) -> list[dict[str, Any]]:
        """All tokens."""
        return list(self._client.get("/api/tokens")["tokens"])

    def remove_token(self, name: str) -> None:
        """Remove one, by name or id."""
        self._client.delete(f"/api/tokens/{quote(name, safe='')}")

    def add_user(self, name: str, role: str, password: str) -> None:
        """Add a user."""
        self._client.post("/api/users", {"name": name, "role": role, "password": password})

    def users(self) -> list[dict[str, Any]]:
        """All users."""
        return list(self._client.get("/api/users")["users"])

    def remove_user(self, name: str) -> None:
        """Remove a user."""
        self._client.delete(f"/api/users/{quote(name, safe='')}")

    def set_password(self, name: str, password: str) -> None:
        """Change a password."""
        self._client.put(f"/api/users/{quote(name, safe='')}/password", {"password": password})


class StoredPeople:
    """In the store, which this command has locked."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def new_token(self, name: str, scope: str) -> str:
        """The secret of a new token."""
        return str(_done(self._accounts.tokens.make(name, scope))[0])

    def tokens(self) -> list[dict[str, Any]]:
        """All tokens."""
        return [token.shown() for token in self._accounts.tokens.list()]

    def remove_token(self, name: str) -> None:
        """Remove one, by name or id."""
        _done(self._accounts.tokens.remove(name))

    def add_user(self, name: str, role: str, password: str) -> None:
        """Add a user."""
        _done(self._accounts.add_user(name, role, password))

    def users(self) -> list[dict[str, Any]]:
        """All users."""
        return self._accounts.users()

    def remove_user(self, name: str) -> None:
        """Remove a user."""
        _done(self._accounts.remove_user(name))

    def set_password(self, name: str, password: str) -> None:
        """Change a password."""
        _done(self._accounts.set_password(name, password))


def _done(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)
