"""What an attacker sends to the gate, and what is open when a token goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from quarterdeck.hub.hub import Hub
from quarterdeck.web.app import create_app
from quarterdeck.web.gate import cookie_name
from quarterdeck.web.hosts import host_of

Visit = Callable[[str], Awaitable[httpx.AsyncClient]]
SCOPE = {"server": ("127.0.0.1", 8080), "scheme": "http"}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("LOCALHOST.:8080", "localhost"),
        ("[::1]:80", "::1"),
        ("[::1]evil.example", ""),
        ("[::1", ""),
        ("localhost:80@evil.example", ""),
        ("evil@localhost", ""),
        ("localhost:80:90", ""),
        ("localhost/x", ""),
        ("", ""),
    ],
)
def test_a_host_is_a_name_and_a_port_and_nothing_else(header: str, name: str) -> None:
    assert host_of(header) == name


async def test_two_hosts_are_none(visit: Visit) -> None:
    client = await visit("anonymous")
    headers = [("Host", "127.0.0.1:8080"), ("Host", "evil.example")]
    answer = await client.get("/api/health", headers=httpx.Headers(headers))
    assert answer.status_code == 421


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "http://"])
async def test_an_origin_that_is_none_is_foreign(visit: Visit, origin: str) -> None:
    client = await visit("admin page")
    answer = await client.post("/api/tokens", json={"name": "x"}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin")


async def test_a_neighbours_cookie_locks_nobody_out(visit: Visit) -> None:
    client = await visit("admin page")
    own = f"{cookie_name(SCOPE)}={client.cookies[cookie_name(SCOPE)]}"
    client.cookies.clear()
    for other in ('x={"a":1}', "x=\xff", "=;;x", "a b=c", 'x="'):
        for both in (f"{other}; {own}", f"{own}; {other}"):
            answer = await client.get("/api/me", headers={"Cookie": both.encode("latin-1")})
            assert answer.status_code == 200, both


async def opened(hub: Hub, path: str, token: str, kind: str) -> tuple[asyncio.Task[Any], list[Any]]:
    """A request that stays open, once it has been answered or accepted; and what was sent to it."""
    never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    body = {"type": "http.request", "body": b"", "more_body": False}
    incoming: list[Any] = [{"type": "websocket.connect"} if kind == "websocket" else body]
    sent: list[Any] = []

    async def receive() -> Any:
        return incoming.pop(0) if incoming else await never

    async def send(message: Any) -> None:
        sent.append(message)

    name, _, query = path.partition("?")
    scope = {
        "type": kind, "scheme": "ws" if kind == "websocket" else "http", "path": name, "raw_path": name.encode(),
        "query_string": query.encode(), "root_path": "", "method": "POST" if "frames" in path else "GET",
        "headers": [(b"host", b"127.0.0.1:8080"), (b"authorization", f"Bearer {token}".encode())],
        "server": ("127.0.0.1", 8080), "client": ("127.0.0.1", 5), "subprotocols": [], "http_version": "1.1",
        "asgi": {"spec_version": "2.3"},
    }  # fmt: skip
    task = asyncio.ensure_future(create_app(hub)(scope, receive, send))
    for _ in range(200):
        await asyncio.sleep(0)
    return task, sent


@pytest.mark.parametrize("path", ["live", "live/events?topics=lab", "live/poll?topics=lab&wait=25", "frames?wait=55"])
async def test_what_is_open_on_a_token_ends_with_it(hub: Hub, path: str) -> None:
    secret, token = await hub.accounts.tokens.make("soon gone", "admin")
    hub.board.publish("lab", [["set", "x", 1]])
    seq = hub.board.close()
    # Noted as used, and all of it stored: so the request meets nothing to wait for.
    await hub.accounts.by_token(secret)
    await hub.board.committed()
    kind = "websocket" if path == "live" else "http"
    since = f"&epoch={hub.board.epoch}&after={seq}&stream=s"
    task, sent = await opened(hub, f"/api/{path}{since if '?' in path else ''}", secret, kind)
    assert not task.done(), sent
    await hub.accounts.tokens.remove(token.id)
    hub.board.publish("lab", [["set", "x", "not for you"]])
    hub.board.close()
    await asyncio.wait_for(task, 2)
    assert b"not for you" not in b"".join(message.get("body", b"") for message in sent)
    if kind == "websocket":
        assert (sent[-1]["type"], sent[-1]["code"]) == ("websocket.close", 4401)


async def test_a_user_of_any_name_can_be_removed(visit: Visit) -> None:
    client = await visit("admin")
    for name in ("a/b", "a%2Fb", "<img src=x>", "ä ö"):
        wanted = {"name": name, "password": "correct horse", "role": "guest"}
        assert (await client.post("/api/users", json=wanted)).status_code == 201
        quoted = httpx.URL("/").copy_with(raw_path=b"/api/users/" + _quoted(name))
        assert (await client.delete(quoted)).status_code == 200, name
    assert (await client.get("/api/users")).json()["users"] == []


def _quoted(name: str) -> bytes:
    return "".join(f"%{octet:02X}" for octet in name.encode()).encode()


@pytest.mark.parametrize("name", ["..", "x\ny", "\u202eevil", "\x1b[31m", " x", "", "a" * 101])
async def test_a_name_shows_what_it_says(visit: Visit, name: str) -> None:
    client = await visit("admin")
    for path in ("users", "tokens"):
        wanted = {"name": name, "password": "correct horse", "role": "guest"}
        assert (await client.post(f"/api/{path}", json=wanted)).status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "topics?kind=run&where=state%20%3D%20%22%5Cud800%22",
        "topics?kind=run&where=state%3D" + "[" * 5000,
        "topics?kind=run&where=state%3D" + "9" * 5000,
        "topics?q=%ED%A0%80",
        "topics?prefix=a%00b",
        "topics?kind=run&order=started;drop%20table",
        "topics?kind=run&where=state%20%3D%20'%20OR%201%3D1--",
        "topics?after=WyJ0b3BpYyIsIDFlOTk5LCAieCJd",
        "topics?after=" + "W1tb" * 1000,
        "topics?after=WyJ0b3BpYyIsIDEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAsICJ4Il0=",
        "topics?after=WyJ0b3BpYyIsICJcdWQ4MDAiLCAieCJd",
        "series?topic=lab&field=t&from=-999999999999999999&to=999999999999999999",
        "logs/script%2F..%2F..",
        "logs/%00",
        "topics/..%2F..%2Fx",
        "live/poll?kind=run&where=%00",
        "events?prefix=%00&after=%27",
    ],
)
async def test_no_question_breaks_the_hub(hub: Hub, visit: Visit, asked: str) -> None:
    hub.board.publish("lab", [["record", "t", {"1": [1, 1, 1, 1, [60_000_000, 1], {"1": 1}]}]])
    answer = await (await visit("admin")).get(f"/api/{asked}")
    assert answer.status_code in (200, 400, 403, 404)
    if answer.status_code != 200:
        assert all(answer.json()["error"][part] for part in ("code", "message", "hint"))


@pytest.mark.parametrize(
    "log",
    [
        {"file": "", "from": 0},
        {"file": ".", "from": None},
        {"file": "a\0b"},
        {"file": "script/s/a.log", "from": -9, "to": {}},
        {"file": "script/s/a.log", "from": [1], "to": "x"},
        {"file": "/etc/passwd"},
        {"file": "script/s/out.log"},
    ],
)
async def test_whatever_a_run_says_of_its_log_stays_in_the_folder(hub: Hub, visit: Visit, log: Any) -> None:
    folder = hub.deck.logs / "script" / "s"
    folder.mkdir(parents=True)
    (folder / "a.log").write_text("2026-11-21T09:09:39.123456Z O hello\n")
    (folder / "out.log").symlink_to("/etc/passwd")
    hub.board.publish("run/1", [["set", "log", log]])
    answer = await (await visit("admin")).get("/api/logs/run%2F1")
    assert answer.status_code in (200, 403, 404)
    assert "root:" not in answer.text
