"""What admins do to accounts and what guests may do to their own; all of it stands in the audit log."""

from __future__ import annotations

import httpx
import pytest
from tests.web.gate.conftest import PASSWORD, Visit

from quarterdeck.hub.hub import Hub

pytestmark = pytest.mark.asyncio
LONGER = PASSWORD * 2


async def log_in(client: httpx.AsyncClient, name: str, password: str) -> int:
    """Logs in, and proves itself from then on; returns the status."""
    answer = await client.post("/api/login", json={"name": name, "password": password})
    if answer.status_code == 200:
        client.headers["x-csrf-token"] = (await client.get("/api/me")).json()["csrf"]
    return answer.status_code


async def guest(hub: Hub, visit: Visit, name: str) -> httpx.AsyncClient:
    await hub.accounts.add_user(name, "guest", PASSWORD)
    client = await visit("anonymous")
    assert await log_in(client, name, PASSWORD) == 200
    return client


async def sessions(client: httpx.AsyncClient) -> list[tuple[str | None, bool]]:
    found = (await client.get("/api/sessions")).json()["sessions"]
    return sorted((session["user"], session["here"]) for session in found)


async def test_another_role_ends_the_sessions_and_the_last_admin_stays(hub: Hub, visit: Visit) -> None:
    admin = await visit("admin page")
    bo = await guest(hub, visit, "bo")
    refused = await admin.put("/api/users/the%20admin/role", json={"role": "guest"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "user-last")
    assert (await admin.put("/api/users/bo/role", json={"role": "captain"})).status_code == 400
    assert (await admin.put("/api/users/bo/role", json={"role": "admin"})).status_code == 200
    assert (await bo.get("/api/me")).status_code == 401
    assert await log_in(bo, "bo", PASSWORD) == 200
    assert (await bo.put("/api/users/the%20admin/role", json={"role": "guest"})).status_code == 200
    assert (await bo.delete("/api/users/bo")).json()["error"]["code"] == "user-last"


async def test_a_guest_sees_and_ends_only_their_own_sessions(hub: Hub, visit: Visit) -> None:
    admin = await visit("admin page")
    bo, cy = await guest(hub, visit, "bo"), await guest(hub, visit, "cy")
    again = await visit("anonymous")
    assert await log_in(again, "bo", PASSWORD) == 200
    assert await sessions(bo) == [("bo", False), ("bo", True)]
    everybody = (await admin.get("/api/sessions")).json()["sessions"]
    assert {session["user"] for session in everybody} == {"bo", "cy", "the admin"}
    ids = {session["user"]: session["id"] for session in everybody}
    assert (await bo.delete(f"/api/sessions/{ids['cy']}")).json()["error"]["code"] == "session-missing"
    (other,) = [each for each in (await bo.get("/api/sessions")).json()["sessions"] if not each["here"]]
    assert (await bo.delete(f"/api/sessions/{other['id']}")).status_code == 200
    assert (await again.get("/api/me")).status_code == 401
    assert (await admin.delete(f"/api/sessions/{ids['cy']}")).status_code == 200
    assert (await cy.get("/api/me")).status_code == 401


async def test_a_guest_changes_only_their_own_password(hub: Hub, visit: Visit) -> None:
    bo = await guest(hub, visit, "bo")
    assert (await bo.post("/api/account", json={"name": "ada", "password": LONGER})).status_code == 400
    assert (await bo.post("/api/account", json={"name": "bo", "password": LONGER})).status_code == 200
    assert await log_in(await visit("anonymous"), "bo", LONGER) == 200
    by_token = await visit("guest")
    refused = await by_token.post("/api/account", json={"name": "boss", "password": LONGER})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "user-role")
    assert [user["name"] for user in hub.accounts.users()] == ["bo"]


async def test_all_of_it_is_in_the_audit_log(hub: Hub, visit: Visit) -> None:
    admin = await visit("admin page")
    bo, cy = await guest(hub, visit, "bo"), await guest(hub, visit, "cy")
    await admin.put("/api/users/bo/password", json={"password": LONGER})
    await admin.post("/api/tokens", json={"name": "batch", "scope": "producer"})
    await admin.delete("/api/tokens/batch")
    await admin.delete("/api/users/bo")
    asked = "/api/events?name={}&by=the%20admin"
    named = {event["name"] for event in (await admin.get(asked.format("account."))).json()["events"]}
    assert named == {"account.password_changed", "account.removed"}
    tokens = (await admin.get(asked.format("token."))).json()["events"]
    assert {(event["name"], event["topic"]) for event in tokens} == {
        ("token.made", "token/batch"),
        ("token.removed", "token/batch"),
    }
    assert {event["topic"] for event in (await cy.get("/api/events")).json()["events"]} == {"account/cy"}
    assert (await bo.get("/api/events")).status_code == 401
