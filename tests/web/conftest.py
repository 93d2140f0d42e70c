"""The routes of a hub behind a gate that believes what it is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from quarterdeck.hub import peers
from quarterdeck.hub.accounts.accounts import Account
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.exchange import Exchange
from quarterdeck.kinds import all_kinds
from quarterdeck.store.memory import MemoryStore
from quarterdeck.web import api, builds, events, ingest, live, poll, prometheus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send


class Clock:
    def __init__(self) -> None:
        self.micros = 1_800_000_000_000_000

    def now(self) -> int:
        return self.micros

    def monotonic(self) -> float:
        return 0.0


class FakeGate:
    """The role is the token; the account has its name."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            role = dict(scope["headers"]).get(b"authorization", b"Bearer admin").decode().split()[-1]
            scope.setdefault("state", {})["account"] = Account(f"{role}-1", role)
        await self.app(scope, receive, send)


class FakeAccounts:
    def rights(self, account: Any) -> peers.Rights:
        known = {"admin": peers.ADMIN, "guest": peers.GUEST, "producer": peers.producer(account.name)}
        return known.get(account.role, peers.NONE)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def hub(tmp_path: Path, clock: Clock) -> AsyncIterator[Any]:
    store = MemoryStore(all_kinds())
    commits = Commits(store, clock, delay=0.0)
    exchange = Exchange(store, commits, clock, "a deck")
    yield SimpleNamespace(exchange=exchange, accounts=FakeAccounts(), deck=SimpleNamespace(logs=tmp_path))
    await commits.close()


@pytest.fixture
def app(hub: Any) -> FakeGate:
    return routes_of(hub)


def routes_of(hub: Any) -> FakeGate:
    """What a hub answers."""
    routes = [route for module in (events, poll, live, api, builds, ingest, prometheus) for route in module.routes(hub)]
    return FakeGate(Starlette(routes=routes))


@pytest_asyncio.fixture
async def client(app: FakeGate) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as made:
        yield made
