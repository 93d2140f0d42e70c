"""Django, by its WSGI and its ASGI handler."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import django
import httpx
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import include, path
from django.views import View

from quarterdeck import monitor

if TYPE_CHECKING:
    from tests.e2e.services.conftest import Seen

PATHS = ("/cart/1", "/cart/2", "/cart/13", "/none")
EXPECTED = {"GET /cart/<int:number>": {"200": 2, "500": 1}, "GET no route": {"404": 1}}


def cart(_: Any, number: int) -> HttpResponse:
    """What is in a cart."""
    if number == 13:
        raise ValueError("thirteen")
    return HttpResponse("cart")


class Shelf(View):
    """What is on a shelf."""

    def get(self, _: Any) -> HttpResponse:
        return HttpResponse("shelf")


async def later(_: Any) -> HttpResponse:
    return HttpResponse("later")


def parts(_: Any) -> StreamingHttpResponse:
    def each() -> Iterator[bytes]:
        yield b"a"
        raise RuntimeError("in the middle")

    return StreamingHttpResponse(each())


class Broken:
    """A middleware that fails before any view."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __call__(self, request: Any) -> Any:
        if "broken" in request.GET:
            raise LookupError("no database")
        return self._answer(request)


urlpatterns = [
    path("cart/<int:number>", cart),
    path("shelf", Shelf.as_view()),
    path("later", later),
    path("parts", parts),
    path("in/", include(([path("cart/<int:number>", cart)], "in"))),
]


@pytest.fixture(scope="module", autouse=True)
def project() -> None:
    """A project whose URLs are those of this module."""
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="of a test",
        LOGGING_CONFIG=None,
        MIDDLEWARE=[f"{__name__}.Broken"],
    )
    django.setup()


def test_functions_of_the_user_get_its_request(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.config, "get_group_by", lambda request: request.GET["user"])
    app = monitor.bind(app=get_wsgi_application(), name="shop")
    for asked in ("/cart/1", "/none"):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": asked,
            "QUERY_STRING": "user=ann",
            "SERVER_NAME": "shop",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
        }
        answer = app(environ, lambda *_: None)
        list(answer)
        answer.close()
        assert "quarterdeck.request" not in environ
    seen.service()
    assert (seen.hub.state("service/shop/callers/1.0") or {})["users"] == {"ann": 2}


def test_all_sorts_of_views_and_what_fails_around_them(seen: Seen) -> None:
    app = monitor.bind(app=get_wsgi_application(), name="shop")
    for asked, query in (("/shelf", ""), ("/later", ""), ("/in/cart/1", ""), ("/shelf", "broken"), ("/parts", "")):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": asked,
            "QUERY_STRING": query,
            "SERVER_NAME": "shop",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
        }
        answer = app(environ, lambda *_: None)
        with suppress(RuntimeError):
            list(answer)
        answer.close()
    assert seen.hits() == {
        "GET /shelf": {"200": 1},
        "GET /later": {"200": 1},
        "GET /in/cart/<int:number>": {"200": 1},
        "GET /parts": {"500": 1},
        "GET no route": {"500": 1},  # it failed before a route was looked for
    }
    assert seen.endpoint("GET /shelf")["function"]["name"] == "Shelf"


def test_the_wsgi_handler(seen: Seen) -> None:
    app = monitor.bind(app=get_wsgi_application(), name="shop")
    for asked in PATHS:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": asked,
            "SERVER_NAME": "shop",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
        }
        answer = app(environ, lambda *_: None)
        list(answer)
        answer.close()
    assert seen.hits() == EXPECTED
    assert seen.errors() == {"ValueError": ({"raised": 1}, {"GET /cart/<int:number>": 1})}
    assert seen.endpoint("GET /cart/<int:number>")["function"]["doc"] == "What is in a cart."


def test_the_asgi_handler(seen: Seen) -> None:
    async def ask() -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            for asked in PATHS:
                await client.get(asked)

    app = monitor.bind(app=get_asgi_application(), name="shop")
    asyncio.run(ask())
    assert seen.hits() == EXPECTED
    assert seen.errors() == {"ValueError": ({"raised": 1}, {"GET /cart/<int:number>": 1})}


def test_a_service_without_a_name_is_called_as_the_package_that_binds_it(seen: Seen) -> None:
    """Under a server like gunicorn the program is the server's."""
    module = {"__name__": "shop.wsgi", "monitor": monitor, "application": get_wsgi_application()}
    exec("application = monitor.bind(app=application)", module)
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/cart/1", "SERVER_NAME": "", "SERVER_PORT": "80"}
    module["application"]({**asked, "wsgi.input": io.BytesIO()}, lambda *_: None).close()
    assert seen.hits() == {"GET /cart/<int:number>": {"200": 1}}
    assert seen.service()["framework"] == "Django"
