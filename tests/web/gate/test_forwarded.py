"""The page below a path of somebody's own application, which forwards what browsers ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from quarterdeck.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from quarterdeck.hub.hub import Hub

PASSWORD = "correct horse"
SITE = "https://shop.example.org:5000"


class Application:
    """Forwards to the hub what a browser asks at ``SITE``/dashboard."""

    def __init__(self, hub: Hub, token: str) -> None:
        self.token = token
        self.kept: dict[str, str] = {}
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(hub)), base_url="http://127.0.0.1:8080"
        )

    async def ask(self, method: str, path: str, client: str = "10.0.0.7", **more: Any) -> httpx.Response:
        said = {"token": self.token, "prefix": "/shop/dashboard", "scheme": "https", "host": "shop.example.org:5000"}
        headers = {
            "Quarterdeck-Forwarded": json.dumps({**said, "client": client}),
            **self.kept,
            **more.pop("headers", {}),
        }
        return await self._client.request(method, path, headers=headers, **more)

    async def close(self) -> None:
        await self._client.aclose()


@pytest.fixture
async def application(hub: Hub) -> AsyncIterator[Application]:
    made = Application(hub, (await hub.accounts.tokens.make("an application", "producer"))[0])
    yield made
    await made.close()


async def test_a_browser_logs_in_where_the_application_lies(hub: Hub, application: Application) -> None:
    await hub.accounts.add_user("ada", "admin", PASSWORD)
    proof = {"name": "ada", "password": PASSWORD}
    answer = await application.ask("POST", "/api/login", json=proof, headers={"Origin": SITE})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Secure-quarterdeck-shop-dashboard-5000=")
    assert "Path=/shop/dashboard;" in cookie
    assert "Secure" in cookie
    application.kept = {"Cookie": f"theirs=1; {cookie.partition(';')[0]}"}
    me = (await application.ask("GET", "/api/me")).json()
    assert me["name"] == "ada"
    change = {"X-CSRF-Token": me["csrf"], "Origin": SITE}
    link = (await application.ask("POST", "/api/login-codes", json={}, headers=change)).json()["link"]
    assert link.startswith(f"{SITE}/shop/dashboard/login#code=")
    assert (await application.ask("POST", "/api/logout", json={}, headers=change)).status_code == 200
    assert (await application.ask("GET", "/api/me")).status_code == 401


async def test_a_page_of_another_site_is_refused_whatever_stands_in_front(application: Application) -> None:
    for headers, status in (
        ({"Origin": "https://evil.example.org"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-site"}, 403),
        # A proxy has told the application another host than the browser's, which vouches for itself.
        ({"Origin": "https://www.example.org", "Sec-Fetch-Site": "same-origin"}, 401),
    ):
        assert (await application.ask("POST", "/api/login", json={"name": "x"}, headers=headers)).status_code == status


async def test_failed_logins_count_for_the_address_that_the_application_names(application: Application) -> None:
    async def fail(client: str, name: str) -> int:
        proof = {"code": f"wrong {name}"}
        return (await application.ask("POST", "/api/login", client, json=proof)).status_code

    said = [await fail("10.0.0.7", str(i)) for i in range(21)]
    assert said == [401] * 20 + [429]
    assert await fail("10.0.0.8", "other") == 401


async def test_nobody_forwards_without_a_token_and_nothing_that_stays_open(hub: Hub, application: Application) -> None:
    good = application.token
    for path in ("/api/live", "/api/live/events", "/api/frames"):
        assert (await application.ask("GET", path)).json()["error"]["code"] == "forward-held"
    guest = (await hub.accounts.tokens.make("a guest", "guest"))[0]
    for token in ("", "qd_wrong", guest):
        application.token = token
        answer = await application.ask("GET", "/api/health")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "forward-token")
    application.token = good
    for header in (
        "{}",
        "no json",
        json.dumps({**dict.fromkeys(("token", "scheme", "host", "client"), ""), "prefix": '/"'}),
    ):
        answer = await application.ask("GET", "/api/health", headers={"Quarterdeck-Forwarded": header})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "forward-form")
