"""What no server should say, and some do: the application answers, and the request counts."""

from __future__ import annotations

import asyncio
import sys
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck import monitor
from quarterdeck.integrations import ending
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.sampling.sampler import sampler
from quarterdeck.sdk.services.service import MOST_ENDPOINTS

if TYPE_CHECKING:
    from tests.e2e.services.conftest import Seen


@pytest.fixture(autouse=True)
def nothing_left() -> Any:
    yield
    assert sampler.flights == {}


def wsgi(status: Any = "200 OK", **environ: Any) -> bytes:
    def app(_: Any, start: Any) -> list[bytes]:
        start(status, [])
        return [b"ok"]

    given = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **environ}
    return b"".join(monitor.bind(app=app, name="shop")(given, lambda *_: None))


def asgi(status: Any = 200, **scope: Any) -> list[Any]:
    async def app(_: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    bound = monitor.bind(app=app, name="shop")
    asyncio.run(bound({"type": "http", "method": "GET", "path": "/", "headers": [], **scope}, None, send))
    return [sent[0]["status"], sent[1]["body"]]


@pytest.mark.parametrize(
    "environ",
    [
        *({"REMOTE_ADDR": address} for address in (None, b"1.2.3.4", ("1.2.3.4", 80), ["1.2.3.4"], {}, 7)),
        *({"PATH_INFO": path} for path in ("", None, "/\ud800", "*", "/" + "\N{DUCK}" * 60_000)),
        *({"REQUEST_METHOD": method} for method in ("FOO", "", None, "x" * 60_000)),
    ],
    ids=lambda environ: "{}-{:.12}".format(*(str(part) for pair in environ.items() for part in pair)),
)
def test_a_wsgi_server_may_say_anything(seen: Seen, environ: dict[str, Any]) -> None:
    assert wsgi(**environ) == b"ok"
    assert seen.service()["status"] == {"200": 1}
    assert seen.hub.refused == 0


@pytest.mark.parametrize(
    ("status", "counted"),
    [("299 Fine", 299), ("200", 200), ("", 500), ("fine", 500), (b"200 OK", 500), (200, 500), (None, 500)],
)
def test_a_status_line_may_be_anything(seen: Seen, status: Any, counted: int) -> None:
    assert wsgi(status) == b"ok"
    assert seen.service()["status"] == {str(counted): 1}


@pytest.mark.parametrize(
    ("status", "counted"),
    [(HTTPStatus.OK, 200), (599, 599), (999, 999), (0, 500), (-1, 500), (10**30, 500), ("200", 200), (None, 500)],
)
def test_a_status_may_be_anything(seen: Seen, status: Any, counted: int) -> None:
    assert asgi(status) == [status, b"ok"]
    assert seen.service()["status"] == {str(counted): 1}


@pytest.mark.parametrize("client", [None, (), (None, 1), (b"1.2.3.4", 1), (["1.2.3.4"], 1), ("x" * 60_000, 1)])
def test_an_asgi_server_may_say_anything_of_the_client(seen: Seen, client: Any) -> None:
    assert asgi(client=client) == [200, b"ok"]
    assert seen.service()["status"] == {"200": 1}
    assert seen.hub.refused == 0


def test_ten_thousand_paths_are_bounded_and_none_is_lost(seen: Seen) -> None:
    def app(_: Any, start: Any) -> list[bytes]:
        start("404 NOT FOUND", [])
        return []

    bound = monitor.bind(app=app, name="shop")
    for number in range(10_000):
        bound({"REQUEST_METHOD": "GET", "PATH_INFO": f"/x{number}y"}, lambda *_: None)
    hits = seen.hits()
    assert len(hits) == MOST_ENDPOINTS + 1
    assert hits["other"] == {"404": 10_000 - MOST_ENDPOINTS}


@pytest.mark.parametrize("more", [{}, {"enable-threads": b"true"}])
def test_uwsgi_without_threads_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: dict[str, bytes]
) -> None:
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(opt={"master": b"true", **more}))
    monkeypatch.setattr(ending, "_report", Report())
    ending.hear()
    assert ("add --enable-threads" in capsys.readouterr().err) == (not more)
