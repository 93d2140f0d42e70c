"""Accounts that a configuration gives."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hub.accounts.memory import MemoryRecords

from quarterdeck.hub.accounts.accounts import AccountError, Accounts
from quarterdeck.hub.accounts.audit import Audit
from quarterdeck.hub.accounts.given import GivenUser
from quarterdeck.hub.accounts.given import give as give_all
from quarterdeck.hub.accounts.passwords import Passwords
from quarterdeck.testing.clock import FakeClock


class Plain(Passwords):
    """Hashes nothing: of real ones each takes a tenth of a second."""

    async def hash(self, password: str) -> str:
        return password

    async def verify(self, kept: str | None, password: str) -> bool:
        return kept == password


class Board:
    """Takes what is noted."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, str | None]] = []

    def publish(self, topic: str, ops: Any, /, *, name: str, by: str | None, data: Any) -> None:
        self.events.append((topic, name, by))


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(MemoryRecords(), FakeClock(), Plain())


async def give(accounts: Accounts, *users: GivenUser) -> list[str]:
    return await give_all(accounts, Audit(Board()), users)


async def fits(accounts: Accounts, name: str, password: str) -> bool:
    try:
        await accounts.login(name, password, "127.0.0.1")
    except AccountError:
        return False
    return True


def guest(*passwords: str) -> GivenUser:
    return GivenUser("guest", "guest", passwords)


async def test_each_password_logs_in_and_what_is_said_again_changes_nothing(accounts: Accounts) -> None:
    board, users = Board(), [guest("one", "two"), GivenUser("admin", "admin", ("admin",))]
    assert await give_all(accounts, Audit(board), users) == ["guest", "admin"]
    by = "the configuration"
    assert board.events == [("account/guest", "account.given", by), ("account/admin", "account.given", by)]
    assert [await fits(accounts, "guest", word) for word in ("one", "two", "three", "")] == [True, True, False, False]
    assert not accounts.needs_password
    assert await give(accounts, guest("one", "two")) == []
    assert len(accounts.sessions.of("guest")) == 2


async def test_what_is_changed_on_the_page_stays_until_the_configuration_changes(accounts: Accounts) -> None:
    await give(accounts, guest("one", "two"))
    await accounts.set_password("guest", "a password of theirs")
    assert [await fits(accounts, "guest", word) for word in ("one", "two", "a password of theirs")] == [
        False,
        False,
        True,
    ]
    assert await give(accounts, guest("one", "two")) == []
    assert await give(accounts, guest("one", "new")) == ["guest"]
    assert [await fits(accounts, "guest", word) for word in ("new", "two", "a password of theirs")] == [
        True,
        False,
        False,
    ]


async def test_sessions_end_with_what_opened_them(accounts: Accounts) -> None:
    await give(accounts, guest("one"))
    secret = await accounts.login("guest", "one", "127.0.0.1")
    assert await accounts.by_session(secret) is not None
    await give(accounts, guest("other"))
    assert await accounts.by_session(secret) is None


@pytest.mark.parametrize("user", [guest(), GivenUser("", "guest", ("one",)), GivenUser("x", "captain", ("one",))])
async def test_what_can_be_no_account_is_refused(accounts: Accounts, user: GivenUser) -> None:
    with pytest.raises(AccountError):
        await give(accounts, user)
    assert accounts.users() == []
