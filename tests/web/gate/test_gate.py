"""Every route with every role, by HTTP and WebSocket; hosts, origins, cookies, headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.routing import Route, WebSocketRoute

from quarterdeck.hub.hub import Hub
from quarterdeck.web.app import create_app, routes
from quarterdeck.web.gate import SECURITY
from quarterdeck.web.rules import RULES, roles_of

Visit = Callable[[str], Awaitable[httpx.AsyncClient]]
ROLES = ("anonymous", "guest", "admin", "producer")
# What each role may ask, written down a second time: as the requirement, not as the code has it.
OPEN = {"GET /api/health", "POST /api/login"}
ANY_ACCOUNT = {"POST /api/logout", "GET /api/me"}
LOOKING = {
    "GET /api/topics",
    "GET /api/topics/x",
    "GET /api/series",
    "GET /api/totals",
    "GET /api/cells",
    "GET /api/kinds",
    "WS /api/live",
    "GET /api/live/events",
    "POST /api/live/events",
    "POST /api/live/poll",
    "GET /api/live/poll",
    "GET /api/blobs/x",
    "GET /api/openapi.json",
    "GET /api/docs",
    "GET /metrics",
}
READING = {"GET /api/logs/x", "GET /api/events", "GET /api/source/x", "GET /api/fires"}
OWN = {"POST /api/account", "GET /api/sessions", "DELETE /api/sessions/x"}
REPORTING = {"POST /api/frames", "POST /api/logs/x", "PUT /api/blobs/x", "POST /api/calls", "POST /submit-test-results"}


def may(role: str, asked: str) -> bool:
    """The requirement."""
    if asked in OPEN or role == "admin":
        return True
    if role == "anonymous":
        return False
    if asked in ANY_ACCOUNT | LOOKING:
        return True
    return asked in (READING | OWN if role == "guest" else REPORTING)


def every_route(hub: Hub) -> list[tuple[str, str]]:
    """(method, path) of each route but the page's files; a WebSocket has the method WS."""
    found: list[tuple[str, str]] = []
    for route in routes(hub):
        if isinstance(route, WebSocketRoute):
            found.append(("WS", route.path))
        elif isinstance(route, Route) and route.path != "/{path:path}":
            path = re.sub(r"\{[^}]*\}", "x", route.path)
            found += [(method, path) for method in sorted(route.methods or ()) if method != "HEAD"]
    return found


async def test_every_route_with_every_role(hub: Hub, visit: Visit) -> None:
    asked = every_route(hub)
    assert len(asked) >= 12
    for role in ROLES:
        client = await visit(role)
        for method, path in asked:
            status = await status_of(hub, client, method, path)
            wanted = may(role, f"{method} {path}")
            assert (status not in (401, 403)) == wanted, f"{role}: {method} {path} -> {status}"
            if not wanted:
                assert status == (401 if role == "anonymous" else 403), f"{role}: {method} {path} -> {status}"


async def status_of(hub: Hub, client: httpx.AsyncClient, method: str, path: str) -> int:
    """The status of an answer; 101 for a WebSocket that was accepted and a stream that stays open."""
    if method == "WS":
        return await handshake(hub, path, dict(client.headers))
    try:
        async with asyncio.timeout(1):
            # What a producer may list has a prefix.
            asked = f"{path}?prefix=x" if path in ("/api/topics", "/api/cells") else path
            answer = await client.request(method, asked, json=None if method == "GET" else {})
            # A login that fails behind the gate has passed the gate.
            return 200 if "login-failed" in answer.text else answer.status_code
    except TimeoutError:
        return 101


async def handshake(hub: Hub, path: str, headers: dict[str, str]) -> int:
    """101 if the WebSocket was accepted, else what it was closed with: 401 or 403."""
    sent: list[dict[str, Any]] = []
    incoming = [{"type": "websocket.connect"}]

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if incoming else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for(create_app(hub)(socket_scope(path, headers), receive, send), 5)
    return 101 if sent[0]["type"] == "websocket.accept" else int(sent[0]["code"]) - 4000


def socket_scope(path: str, headers: dict[str, str]) -> dict[str, Any]:
    """What the server gives for a WebSocket."""
    given = {"host": "127.0.0.1:8080", **{name.lower(): value for name, value in headers.items() if name != "host"}}
    return {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "server": ("127.0.0.1", 8080),
        "client": ("127.0.0.1", 50000),
        "subprotocols": [],
    }


def test_rules_are_the_requirement() -> None:
    assert len({(rule.method, rule.path) for rule in RULES}) == len(RULES)
    for rule in RULES:
        asked = f"{rule.method} {rule.path.replace('*', 'x')}"
        for role in ROLES:
            assert (role in rule.roles) == may(role, asked), f"{role}: {asked}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/no"),
        ("DELETE", "/api/topics/x"),
        ("PATCH", "/api/me"),
        ("POST", "/"),
        ("WS", "/"),
        ("GET", "/api"),
    ],
)
def test_what_stands_in_no_rule_is_for_nobody(method: str, path: str) -> None:
    assert roles_of(method, path) == frozenset()


async def test_unknown_path_is_missing_for_accounts_and_closed_for_others(visit: Visit) -> None:
    assert (await (await visit("anonymous")).get("/api/nothing")).status_code == 401
    assert (await (await visit("admin")).get("/api/nothing")).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "", "192.0.2.7:8080"])
async def test_foreign_host_is_refused(visit: Visit, host: str) -> None:
    answer = await (await visit("anonymous")).get("/api/health", headers={"Host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "host-unknown")
    assert not host or host not in answer.text


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
async def test_own_host_is_known(visit: Visit, host: str) -> None:
    assert (await (await visit("anonymous")).get("/api/health", headers={"Host": host})).status_code == 200


async def test_websocket_of_a_foreign_page_is_refused(hub: Hub, visit: Visit) -> None:
    client = await visit("admin page")
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    assert await handshake(hub, "/api/live", cookie) == 101
    assert await handshake(hub, "/api/live", {**cookie, "origin": hub.url}) == 101
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8080"):
        assert await handshake(hub, "/api/live", {**cookie, "origin": origin}) == 403
    assert await handshake(hub, "/api/live", {}) == 401


async def test_change_by_cookie_needs_the_csrf_token_and_the_own_origin(visit: Visit) -> None:
    client = await visit("admin page")
    wanted = {"name": "x", "scope": "guest"}
    assert (await client.post("/api/tokens", json=wanted)).status_code == 201
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "guess"}, {"Content-Type": "text/plain"}):
        answer = await client.post("/api/tokens", content=b'{"name":"x"}', headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")
    for headers in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = await client.post("/api/tokens", json=wanted, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin")


async def test_bad_token_is_not_mended_by_a_good_cookie(visit: Visit) -> None:
    client = await visit("admin page")
    assert (await client.get("/api/me", headers={"Authorization": "Bearer guess"})).status_code == 401
    assert (await client.get("/api/me", headers={"Authorization": "Basic eDp5"})).status_code == 401
    assert (await client.get("/api/health", headers={"Authorization": "Bearer guess"})).status_code == 401


async def test_cookie_is_out_of_reach_of_scripts_and_named_by_port(hub: Hub, visit: Visit) -> None:
    await hub.accounts.add_user("ada", "guest", "correct horse")
    client = await visit("anonymous")
    said = (await client.post("/api/login", json={"name": "ada", "password": "correct horse"})).headers["set-cookie"]
    assert said.startswith("quarterdeck-8080=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert part in said
    assert "Domain" not in said


async def test_every_answer_has_the_headers_of_a_careful_server(visit: Visit) -> None:
    client = await visit("anonymous")
    for path in ("/", "/api/health", "/api/me", "/assets/none.js"):
        answer = await client.get(path)
        for name, value in SECURITY.items():
            assert answer.headers[name] == value, (path, name)
    assert "unsafe" not in SECURITY["content-security-policy"]
    assert (await client.get("/api/me")).headers["cache-control"] == "no-store"
    answer = await client.get("/api/health", headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_body_over_the_limit_is_refused(visit: Visit) -> None:
    client = await visit("admin")
    answer = await client.post("/api/tokens", content=b" " * (1 << 20) + b"{}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body-too-large")


async def test_logout_closes_what_is_open_at_once(hub: Hub, visit: Visit) -> None:
    client = await visit("admin page")
    name, value = next(iter(client.cookies.items()))
    never: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    incoming: list[Any] = [{"type": "websocket.connect"}]
    sent: list[dict[str, Any]] = []
    accepted = asyncio.Event()

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if incoming else await never

    async def send(message: Any) -> None:
        sent.append(message)
        accepted.set()

    scope = socket_scope("/api/live", {"cookie": f"{name}={value}"})
    open_socket = asyncio.ensure_future(create_app(hub)(scope, receive, send))
    await asyncio.wait_for(accepted.wait(), 5)
    assert (await client.post("/api/logout", json={})).status_code == 200
    await asyncio.wait_for(open_socket, 1)
    assert (sent[-1]["type"], sent[-1]["code"]) == ("websocket.close", 4401)
    assert (await client.get("/api/me")).status_code == 401


async def test_guest_cannot_change_even_with_everything_right(hub: Hub, visit: Visit) -> None:
    client = await visit("guest page")
    for method, path in every_route(hub):
        # What is said on a live connection is for its rights to allow: a guest may watch.
        free = path in ("/api/login", "/api/logout", "/api/live/events", "/api/live/poll") or f"{method} {path}" in OWN
        if method in ("POST", "PUT", "DELETE") and not free:
            assert (await client.request(method, path, json={})).status_code == 403, path
