"""Users, sessions, tokens and login codes."""

from __future__ import annotations

import json

import pytest
from tests.hub.accounts.memory import MemoryRecords

from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.accounts.accounts import AccountError, Accounts
from quarterdeck.hub.accounts.tokens import TokenError
from quarterdeck.testing.clock import FakeClock

HOME = "127.0.0.1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords()


@pytest.fixture
def accounts(records: MemoryRecords, clock: FakeClock) -> Accounts:
    return Accounts(records, clock)


async def refused(code: str, awaitable: object) -> QuarterdeckError:
    with pytest.raises(QuarterdeckError) as caught:
        await awaitable  # type: ignore[misc]  # any coroutine will do
    assert caught.value.code == code
    assert caught.value.hint
    return caught.value


async def test_code_opens_one_admin_session(accounts: Accounts) -> None:
    code = await accounts.new_code()
    account = await accounts.by_session(await accounts.login_by_code(code, HOME))
    assert account is not None
    assert (account.role, account.user) == ("admin", None)
    await refused("login-failed", accounts.login_by_code(code, HOME))


async def test_code_lives_fifteen_minutes(accounts: Accounts, clock: FakeClock) -> None:
    code = await accounts.new_code()
    clock.advance(15 * 60 + 1)
    await refused("login-failed", accounts.login_by_code(code, HOME))


async def test_login_by_password(accounts: Accounts) -> None:
    assert accounts.needs_password
    await accounts.add_user("ada", "admin", "correct horse")
    assert not accounts.needs_password
    account = await accounts.by_session(await accounts.login("ada", "correct horse", HOME))
    assert account is not None
    assert (account.name, account.role) == ("ada", "admin")
    wrong = await refused("login-failed", accounts.login("ada", "battery", HOME))
    unknown = await refused("login-failed", accounts.login("eve", "battery", HOME))
    assert str(wrong) == str(unknown)


async def test_guesses_are_slowed_down_by_name_and_by_address(accounts: Accounts, clock: FakeClock) -> None:
    await accounts.add_user("ada", "admin", "correct horse")
    for _ in range(5):
        await refused("login-failed", accounts.login("ada", "guess", HOME))
    await refused("login-wait", accounts.login("ada", "correct horse", "192.0.2.1"))
    for number in range(15):
        await refused("login-failed", accounts.login(f"user {number}", "guess", HOME))
    await refused("login-wait", accounts.login("somebody", "guess", HOME))
    await refused("login-wait", accounts.login_by_code("guess", HOME))
    clock.advance(61)
    assert await accounts.login("ada", "correct horse", HOME)


async def test_everything_outlives_the_hub_and_no_secret_is_kept(
    accounts: Accounts, records: MemoryRecords, clock: FakeClock
) -> None:
    await accounts.add_user("ada", "admin", "correct horse")
    session = await accounts.login("ada", "correct horse", HOME)
    token, _ = await accounts.tokens.make("batch", "producer")
    code = await accounts.new_code()
    kept = json.dumps([[*place, value] for place, value in records.kept.items()])
    assert not [secret for secret in (session, token, code, "correct horse") if secret in kept]
    next_hub = Accounts(records, clock)
    assert await next_hub.by_session(session)
    assert await next_hub.by_token(token)
    assert await next_hub.login_by_code(code, HOME)
    assert await next_hub.login("ada", "correct horse", HOME)


async def test_session_ends_when_unused(accounts: Accounts, clock: FakeClock) -> None:
    await accounts.add_user("ada", "guest", "correct horse")
    by_name = await accounts.login("ada", "correct horse", HOME)
    by_link = await accounts.login_by_code(await accounts.new_code(), HOME)
    for _ in range(40):
        clock.advance(86_400)
        assert await accounts.by_session(by_name)
    assert await accounts.by_session(by_link) is None
    clock.advance(31 * 86_400)
    assert await accounts.by_session(by_name) is None


async def test_what_is_open_hears_that_the_session_ends(accounts: Accounts) -> None:
    await accounts.add_user("ada", "guest", "correct horse")
    account = await accounts.by_session(await accounts.login("ada", "correct horse", HOME))
    assert account is not None
    assert account.session is not None
    heard: list[str] = []
    accounts.sessions.endings.listen(account.session, lambda: heard.append("ended"))
    stop = accounts.sessions.endings.listen(account.session, lambda: heard.append("never"))
    stop()
    await accounts.remove_user("ada")
    assert heard == ["ended"]


async def test_new_password_ends_the_other_sessions(accounts: Accounts) -> None:
    await accounts.add_user("ada", "admin", "correct horse")
    mine = await accounts.login("ada", "correct horse", HOME)
    other = await accounts.login("ada", "correct horse", HOME)
    account = await accounts.by_session(mine)
    assert account is not None
    await accounts.set_password("ada", "battery staple", spare=account.session)
    assert await accounts.by_session(mine)
    assert await accounts.by_session(other) is None
    await refused("login-failed", accounts.login("ada", "correct horse", HOME))


async def test_users_are_checked(accounts: Accounts) -> None:
    await accounts.add_user("ada", "admin", "correct horse")
    await refused("user-taken", accounts.add_user("ada", "guest", "correct horse"))
    await refused("user-name", accounts.add_user(" ada", "guest", "correct horse"))
    await refused("user-role", accounts.add_user("bob", "producer", "correct horse"))
    await refused("password-short", accounts.add_user("bob", "guest", "short"))
    await refused("user-missing", accounts.set_password("bob", "correct horse"))
    await accounts.add_user("bob", "guest", "correct horse")
    await refused("user-last", accounts.remove_user("ada"))
    assert [user["name"] for user in accounts.users()] == ["ada", "bob"]


async def test_tokens(accounts: Accounts, clock: FakeClock) -> None:
    secret, token = await accounts.tokens.make("batch", "producer")
    assert secret.startswith(token.begins)
    assert secret.startswith("qd_")
    account = await accounts.by_token(secret)
    assert account is not None
    assert (account.name, account.role, account.session) == ("batch", "producer", None)
    assert [shown.shown()["used"] for shown in accounts.tokens.list()] == [clock.now()]
    assert secret not in json.dumps([shown.shown() for shown in accounts.tokens.list()])
    await accounts.tokens.remove("batch")
    assert await accounts.by_token(secret) is None
    assert await accounts.by_token("") is None
    with pytest.raises(TokenError):
        await accounts.tokens.remove("batch")
    await refused("token-scope", accounts.tokens.make("x", "root"))
    await refused("token-name", accounts.tokens.make("", "admin"))


async def test_the_hubs_own_token_is_kept_while_it_is_good(accounts: Accounts) -> None:
    first = await accounts.tokens.own("machine", "producer", None)
    assert await accounts.tokens.own("machine", "producer", first) == first
    assert accounts.tokens.list() == []
    second = await accounts.tokens.own("machine", "producer", "lost")
    assert second != first
    assert await accounts.by_token(first) is None


async def test_last_admin_alone_may_go(accounts: Accounts) -> None:
    await accounts.add_user("ada", "admin", "correct horse")
    await accounts.remove_user("ada")
    assert accounts.needs_password
    with pytest.raises(AccountError):
        await accounts.remove_user("ada")


async def test_when_a_session_was_used_last_is_known_without_writing_it_each_time(
    accounts: Accounts, records: MemoryRecords, clock: FakeClock
) -> None:
    await accounts.add_user("ada", "admin", "correct horse")
    secret = await accounts.login("ada", "correct horse", HOME, "a browser")
    written = records.records("sessions")
    clock.advance(600)
    assert await accounts.by_session(secret) is not None
    (session,) = accounts.sessions.all()
    assert (session.seen, session.agent) == (clock.now(), "a browser")
    assert accounts.users()[0]["seen"] == clock.now()
    assert records.records("sessions") == written
