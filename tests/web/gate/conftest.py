"""A hub in memory, and a browser or program in front of its application, without a port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from quarterdeck.hub.deck import Deck
from quarterdeck.hub.hub import Hub
from quarterdeck.kinds import all_kinds
from quarterdeck.store.memory import MemoryStore
from quarterdeck.testing.clock import FakeClock
from quarterdeck.web.app import create_app

PASSWORD = "correct horse"
Visit = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub that is built and not started: no process, no socket, no scripts."""
    found = Hub(Deck(tmp_path), MemoryStore(all_kinds()), FakeClock(), host="127.0.0.1", url="http://127.0.0.1:8080")
    yield found
    await found.commits.close()


@pytest.fixture
async def visit(hub: Hub) -> AsyncIterator[Visit]:
    """Gives a client of a role: anonymous, or admin, guest and producer by token, or "admin page" by cookie."""
    opened: list[httpx.AsyncClient] = []

    async def made(role: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(create_app(hub), client=("127.0.0.1", 50000))
        client = httpx.AsyncClient(transport=transport, base_url=hub.url)
        opened.append(client)
        if role in ("admin", "guest", "producer"):
            secret, _ = await hub.accounts.tokens.make(f"a {role}", role)
            client.headers["Authorization"] = f"Bearer {secret}"
        if role.endswith(" page"):
            await _log_in(hub, client, role.removesuffix(" page"))
        return client

    yield made
    for client in opened:
        await client.aclose()


async def _log_in(hub: Hub, client: httpx.AsyncClient, role: str) -> None:
    """Log in as a new user of a role, and send the CSRF token from now on."""
    await hub.accounts.add_user(f"the {role}", role, PASSWORD)
    answer = await client.post("/api/login", json={"name": f"the {role}", "password": PASSWORD})
    assert answer.status_code == 200
    client.headers["X-CSRF-Token"] = (await client.get("/api/me")).json()["csrf"]
