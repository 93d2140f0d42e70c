"""Starlette, FastAPI and plain ASGI."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, FastAPI
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from quarterdeck import monitor
from quarterdeck.integrations.ending import _hearing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from tests.e2e.services.conftest import Seen


async def cart(request: Request) -> Response:
    """What is in a cart."""
    if request.path_params["number"] == 13:
        raise ValueError("thirteen")
    return PlainTextResponse("cart")


async def stream(_: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        raise RuntimeError("in the middle")

    return StreamingResponse(parts())


def asked(app: Any, *paths: str) -> list[int]:
    async def ask() -> list[int]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return [(await client.get(path)).status_code for path in paths]

    return asyncio.run(ask())


def test_starlette_counts_by_route_also_below_a_mount(seen: Seen) -> None:
    inner = Starlette(routes=[Route("/cart/{number:int}", cart)])
    app = Starlette(routes=[Mount("/in/{tenant}", inner), Route("/cart/{number:int}", cart), Route("/stream", stream)])
    assert monitor.bind(app=app, name="shop") is app
    assert asked(app, "/cart/1", "/cart/13", "/in/7/cart/2", "/in/ann/cart/2", "/none", "/stream")[:5] == [
        200,
        500,
        200,
        200,
        404,
    ]
    assert seen.hits() == {
        "GET /cart/{number:int}": {"200": 1, "500": 1},
        "GET /in/{tenant}/cart/{number:int}": {"200": 2},
        "GET no route": {"404": 1},
        "GET /stream": {"500": 1},
    }
    assert seen.endpoint("GET /cart/{number:int}")["function"]["signature"] == "cart(request)"
    assert seen.errors() == {
        "ValueError": ({"raised": 1}, {"GET /cart/{number:int}": 1}),
        "RuntimeError": ({"raised": 1}, {"GET /stream": 1}),
    }


def test_an_error_of_middleware_that_was_added_later_counts(seen: Seen) -> None:
    app = Starlette(routes=[Route("/cart/{number:int}", cart)])
    monitor.bind(app=app, name="shop")

    class Broken(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: Any) -> Response:
            await call_next(request)
            raise LookupError

    app.add_middleware(Broken)
    assert asked(app, "/cart/1") == [500]
    assert seen.hits() == {"GET /cart/{number:int}": {"500": 1}}


def test_fastapi_counts_its_routes_and_not_what_comes_after_the_answer(seen: Seen) -> None:
    app = FastAPI(title="shop")
    after: list[int] = []

    @app.get("/cart/{number}")
    def cart(number: int, tasks: BackgroundTasks) -> dict[str, int]:
        tasks.add_task(lambda: after.append(len(seen.hits())))
        return {"number": number}

    monitor.bind(app=app)
    assert asked(app, "/cart/1", "/cart/one") == [200, 422]
    assert after == [1]  # it was counted by then
    assert seen.hits() == {"GET /cart/{number}": {"200": 1, "422": 1}}


def test_plain_asgi_is_wrapped_and_its_paths_are_made_routes(seen: Seen) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ok"})

    bound = monitor.bind(app=app, name="shop")
    assert asked(bound, "/user/17", "/user/18", "/") == [200, 200, 200]
    assert seen.hits() == {"GET /user/*": {"200": 2}, "GET /": {"200": 1}}


def test_a_client_that_leaves_counts(seen: Seen) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    async def leave() -> None:
        async def send(_: Any) -> None:
            pass

        scope = {"type": "http", "method": "GET", "path": "/wait"}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bound(scope, None, send), 0.01)

    bound = monitor.bind(app=app, name="shop")
    asyncio.run(leave())
    assert seen.hits() == {"GET /wait": {"500": 1}}


def test_sub_applications_and_included_routers_count_by_their_whole_path(seen: Seen) -> None:
    app, below, router = FastAPI(title="shop"), FastAPI(), APIRouter(prefix="/v1")

    @below.get("/cart/{number}")
    @router.get("/cart/{number}")
    async def cart(number: int) -> dict[str, int]:
        return {"number": number}

    app.include_router(router)
    app.mount("/in", below)
    monitor.bind(app=app)
    assert asked(app, "/v1/cart/1", "/in/cart/2", "/in/none") == [200, 200, 404]
    hits = seen.hits()
    assert (hits["GET /v1/cart/{number}"], hits["GET /in/cart/{number}"]) == ({"200": 1}, {"200": 1})
    assert sum(count for each in hits.values() for count in each.values()) == 3


def test_other_methods_and_what_is_not_allowed_count(seen: Seen) -> None:
    app = Starlette(routes=[Route("/cart/{number:int}", cart)])
    monitor.bind(app=app, name="shop")

    async def ask() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
            return [(await client.request(method, "/cart/1")).status_code for method in ("HEAD", "OPTIONS", "BREW")]

    assert asyncio.run(ask()) == [200, 405, 405]
    hits = seen.hits()
    assert hits["HEAD /cart/{number:int}"] == {"200": 1}
    assert hits["OTHER /cart/{number:int}"] == hits["OPTIONS /cart/{number:int}"] == {"405": 1}


def test_a_websocket_works_and_is_no_request(seen: Seen) -> None:
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    app = Starlette(routes=[WebSocketRoute("/talk", talk), Route("/cart/{number:int}", cart)])
    monitor.bind(app=app, name="shop")
    told: list[Any] = []
    said = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "hello"}])

    async def speak() -> None:
        async def receive() -> Any:
            return next(said)

        async def send(message: Any) -> None:
            told.append(message)

        await app({"type": "websocket", "path": "/talk", "headers": []}, receive, send)

    asyncio.run(speak())
    assert [message.get("text") for message in told] == [None, "hello", None]
    assert asked(app, "/cart/1") == [200]
    assert seen.hits() == {"GET /cart/{number:int}": {"200": 1}}


def test_errors_in_many_tasks_at_once_count_each_for_its_own(seen: Seen) -> None:
    async def wait(request: Request) -> Response:
        await asyncio.sleep(0)
        if request.path_params["number"] % 3 == 0:
            raise ValueError
        return PlainTextResponse("cart")

    app = Starlette(routes=[Route("/cart/{number:int}", wait)])
    monitor.bind(app=app, name="shop")

    async def ask() -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            await asyncio.gather(*(client.get(f"/cart/{number}") for number in range(30)))

    asyncio.run(ask())
    assert seen.hits() == {"GET /cart/{number:int}": {"200": 20, "500": 10}}


async def knows_its_end(_: Any, receive: Any, send: Any) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def refuses(*_: Any) -> None:
    raise ValueError("only requests")


async def returns(*_: Any) -> None:
    return


@pytest.mark.parametrize("lifespan", [knows_its_end, refuses, returns])
def test_what_is_left_is_told_when_the_server_says_that_it_ends(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, lifespan: Any
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    bound = monitor.bind(app=app, name="shop")
    monkeypatch.setattr(_hearing, "sigterm", False)
    asked(bound, "/")
    said = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    told: list[str] = []

    async def receive() -> Any:
        return next(said)

    async def send(message: Any) -> None:
        told.append(message["type"])

    asyncio.run(bound({"type": "lifespan"}, receive, send))
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert (seen.hub.state("service/shop") or {})["status"] == {"200": 1}


def test_an_application_that_cannot_start_does_not(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise LookupError("no database")

    bound = monitor.bind(app=app, name="shop")
    monkeypatch.setattr(_hearing, "sigterm", False)

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    with pytest.raises(LookupError, match="no database"):
        asyncio.run(bound({"type": "lifespan"}, receive, None))
