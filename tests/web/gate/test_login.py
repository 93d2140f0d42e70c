"""Logging in by link and by password, naming the first admin, users and tokens by HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from quarterdeck.hub.hub import Hub

Visit = Callable[[str], Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"


async def test_first_admin_comes_by_link_and_takes_a_name(hub: Hub, visit: Visit) -> None:
    client = await visit("anonymous")
    link = hub.login_link(await hub.accounts.new_code())
    assert link.startswith("http://127.0.0.1:8080/login#code=")
    assert (await client.post("/api/login", json={"code": link.partition("#code=")[2]})).status_code == 200
    me = (await client.get("/api/me")).json()
    assert (me["role"], me["needs_password"], me["deck"]) == ("admin", True, hub.deck.name)
    before = dict(client.cookies)
    named = {"name": "ada", "password": PASSWORD}
    answer = await client.post("/api/account", json=named, headers={"X-CSRF-Token": me["csrf"]})
    assert answer.status_code == 200
    assert dict(client.cookies) != before
    me = (await client.get("/api/me")).json()
    assert (me["name"], me["role"], me["needs_password"]) == ("ada", "admin", False)
    assert not hub.accounts.needs_password
    client.cookies = httpx.Cookies(before)
    assert (await client.get("/api/me")).status_code == 401


async def test_spent_code_and_wrong_password_are_told_alike(visit: Visit) -> None:
    client = await visit("anonymous")
    for proof in ({"code": "guess"}, {"name": "ada", "password": "guess"}, {}):
        answer = await client.post("/api/login", json=proof)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login-failed")
        assert "set-cookie" not in answer.headers


async def test_too_many_guesses_wait(visit: Visit) -> None:
    client = await visit("anonymous")
    answers = [await client.post("/api/login", json={"name": "ada", "password": "guess"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "seconds" in answers[-1].json()["error"]["hint"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"name": 1}', b"\xff"])
async def test_malformed_body_is_told(visit: Visit, body: bytes) -> None:
    client = await visit("admin")
    answer = await client.post("/api/tokens", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "body-malformed")


async def test_users_by_http(visit: Visit) -> None:
    client = await visit("admin page")
    user = {"name": "bob", "role": "guest", "password": PASSWORD}
    assert (await client.post("/api/users", json=user)).status_code == 201
    assert (await client.post("/api/users", json=user)).status_code == 409
    assert [each["name"] for each in (await client.get("/api/users")).json()["users"]] == ["bob", "the admin"]
    assert (await client.put("/api/users/bob/password", json={"password": PASSWORD * 2})).status_code == 200
    assert (await client.delete("/api/users/bob")).status_code == 200
    assert (await client.delete("/api/users/bob")).status_code == 404
    assert (await client.delete("/api/users/the%20admin")).status_code == 200
    assert (await client.get("/api/me")).status_code == 401


async def test_token_is_shown_once(visit: Visit) -> None:
    client = await visit("admin page")
    made = (await client.post("/api/tokens", json={"name": "batch", "scope": "producer"})).json()
    assert made["token"].startswith(made["begins"])
    listed = await client.get("/api/tokens")
    assert made["token"] not in listed.text
    assert [token["name"] for token in listed.json()["tokens"]] == ["batch"]
    assert (await client.delete(f"/api/tokens/{made['id']}")).status_code == 200
    assert (await client.get("/api/tokens")).json()["tokens"] == []


async def test_login_link_by_http(visit: Visit) -> None:
    link = (await (await visit("admin")).post("/api/login-codes", json={})).json()["link"]
    client = await visit("anonymous")
    assert (await client.post("/api/login", json={"code": link.partition("#code=")[2]})).status_code == 200
