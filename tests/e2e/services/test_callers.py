"""Who asks, and from where: by the frameworks' own requests, and never to the harm of a request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from flask import Flask, request, session
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.middleware.proxy_fix import ProxyFix

from quarterdeck import monitor

if TYPE_CHECKING:
    from tests.e2e.services.conftest import Seen


@pytest.fixture(autouse=True)
def _undone() -> Iterator[None]:
    yield
    vars(monitor.config).pop("get_group_by", None)
    vars(monitor.config).pop("get_ip", None)
    monitor.config._values.clear()


def shop() -> Flask:
    app = Flask("shop")
    app.secret_key = "of a test"

    @app.get("/cart")
    def cart() -> str:
        session["user"] = request.args.get("user")
        return "cart"

    return app


def ask(app: Any, path: str, **environ: str) -> int:
    return app.test_client().get(path, environ_overrides=environ, buffered=True).status_code


def callers(seen: Seen, *, whole: bool = False) -> tuple[dict[str, int], dict[str, int]]:
    seen.service()
    endpoint = "" if whole else "/endpoint/GET%20%2Fcart"
    state = seen.hub.state(f"service/shop{endpoint}/callers/1.0") or {}
    for field in ("users", "ips"):
        assert state[field].keys() == state[f"{field}_us"].keys()
    return state["users"], state["ips"]


def test_flask_knows_where_requests_come_from(seen: Seen) -> None:
    app = monitor.bind(app=shop())
    for ip in ("10.0.0.7", "10.0.0.7", "", "::1"):
        ask(app, "/cart", REMOTE_ADDR=ip)
    ask(app, "/none", REMOTE_ADDR="10.0.0.7")
    assert callers(seen) == ({}, {"10.0.0.7": 2, "::1": 1})
    assert callers(seen, whole=True) == ({}, {"10.0.0.7": 3, "::1": 1})


def test_functions_of_the_user_are_asked_within_the_request(seen: Seen) -> None:
    monitor.config.get_group_by = lambda: ("User", session.get("user"))
    monitor.config.get_ip = lambda: request.headers.get("X-Forwarded-For")
    app = monitor.bind(app=shop())
    ask(app, "/cart?user=3", HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert callers(seen) == ({"(User,3)": 1}, {"1.2.3.4": 1})


def test_what_fails_harms_no_request(seen: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> str:
        raise SystemError("no database")

    monitor.config.get_group_by = monitor.config.get_ip = broken
    app = monitor.bind(app=shop())
    assert [ask(app, "/cart") for _ in range(3)] == [200] * 3
    assert seen.hits() == {"GET /cart": {"200": 3}}
    assert seen.hub.topics("callers") == {}
    assert capsys.readouterr().err.count("get_group_by failed: SystemError: no database") == 1


def test_addresses_need_not_be_kept(seen: Seen) -> None:
    monitor.config.keep_ips = False
    monitor.config.get_group_by = lambda: "me"
    app = monitor.bind(app=shop())
    ask(app, "/cart")
    assert callers(seen) == ({"me": 1}, {})


def test_a_proxy_is_believed_where_the_application_does(seen: Seen) -> None:
    app = shop()
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    monitor.bind(app=app)
    ask(app, "/cart", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert callers(seen)[1] == {"1.2.3.4": 1}


def test_a_server_may_say_nothing(seen: Seen) -> None:
    app = monitor.bind(app=shop())
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/cart", "SERVER_NAME": "shop", "SERVER_PORT": "80"}
    answer = app({**environ, "wsgi.url_scheme": "http"}, lambda *_: None)
    assert b"".join(answer) == b"cart"
    answer.close()
    assert seen.hits() == {"GET /cart": {"200": 1}}


@pytest.mark.parametrize("named", [True, False])
def test_starlette_gives_its_request(seen: Seen, named: bool) -> None:
    if named:
        monitor.config.get_group_by = lambda request: request.headers["x-user"]
    app = Starlette(routes=[Route("/cart", lambda _: PlainTextResponse("cart"))])
    monitor.bind(app=app, name="shop")

    async def ask() -> int:
        transport = httpx.ASGITransport(app, client=("10.0.0.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return (await client.get("/cart", headers={"x-user": "ann"})).status_code

    assert asyncio.run(ask()) == 200
    assert callers(seen) == ({"ann": 1} if named else {}, {"10.0.0.7": 1})
