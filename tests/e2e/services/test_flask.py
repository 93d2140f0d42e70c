"""Flask: every request counts once, by its route, wherever in the application it ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, Response, abort, send_file

from quarterdeck import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.services.conftest import Seen


@pytest.fixture
def app() -> Flask:
    """A shop that is monitored, and lets errors through no further than a server would."""
    app = Flask("shop")

    @app.get("/cart/<int:number>")
    def cart(number: int) -> str:
        """What is in a cart."""
        if number == 13:
            raise ValueError(number)
        if number == 14:
            abort(409)
        return f"cart {number}"

    @app.get("/stream")
    def stream() -> Response:
        def parts() -> Iterator[str]:
            yield "a"
            raise RuntimeError("in the middle")

        return Response(parts())

    @app.get("/file")
    def file() -> Response:
        return send_file(io.BytesIO(b"x" * 100), "application/octet-stream")

    monitor.bind(app=app)
    return app


def ask(app: Flask, path: str, method: str = "GET") -> int:
    return app.test_client().open(path, method=method, buffered=True).status_code


def test_requests_count_by_route_and_status(app: Flask, seen: Seen) -> None:
    for number in (1, 2, 13, 14):
        ask(app, f"/cart/{number}")
    assert [ask(app, "/nowhere"), ask(app, "/else/where"), ask(app, "/cart/1", "POST")] == [404, 404, 405]
    assert seen.hits() == {
        "GET /cart/<int:number>": {"200": 2, "500": 1, "409": 1},
        "GET no route": {"404": 2},
        "POST no route": {"405": 1},
    }
    assert seen.service()["status"] == {"200": 2, "404": 2, "405": 1, "409": 1, "500": 1}
    endpoint = seen.endpoint("GET /cart/<int:number>")
    assert (endpoint["method"], endpoint["route"]) == ("GET", "/cart/<int:number>")
    function = endpoint["function"]
    assert (function["file"], function["signature"], function["doc"]) == (
        __file__,
        "cart(number)",
        "What is in a cart.",
    )
    assert seen.hub.refused == 0


def test_errors_are_grouped_with_where_they_came_up(app: Flask, seen: Seen) -> None:
    for _ in range(2):
        ask(app, "/cart/13")
    with pytest.raises(RuntimeError):
        ask(app, "/stream")
    ask(app, "/nowhere")
    assert seen.errors() == {
        "ValueError": ({"raised": 2}, {"GET /cart/<int:number>": 2}),
        "RuntimeError": ({"raised": 1}, {"GET /stream": 1}),
    }


def test_an_error_that_the_program_handles_can_be_captured(app: Flask, seen: Seen) -> None:
    monitor.capture(ValueError("out of stock"))
    monitor.capture(KeyError("of no service"), app=Flask("other"))
    assert seen.errors() == {"ValueError": ({"handled": 1}, {"": 1})}


def test_errors_outside_the_view_and_before_it_count(app: Flask, seen: Seen) -> None:
    @app.before_request
    def refuse() -> Any:
        raise LookupError("no database")

    assert ask(app, "/cart/1") == 500
    assert seen.hits() == {"GET /cart/<int:number>": {"500": 1}}


def test_an_error_that_nobody_answers_counts_for_its_route(app: Flask, seen: Seen) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(ValueError, match="13"):
        ask(app, "/cart/13")
    assert seen.hits() == {"GET /cart/<int:number>": {"500": 1}}
    assert seen.errors() == {"ValueError": ({"raised": 1}, {"GET /cart/<int:number>": 1})}


def test_an_answer_that_breaks_off_failed(app: Flask, seen: Seen) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        ask(app, "/stream")
    assert seen.hits() == {"GET /stream": {"500": 1}}


def test_a_file_is_sent_as_it_was(app: Flask, seen: Seen) -> None:
    assert app.test_client().get("/file", buffered=True).data == b"x" * 100
    assert seen.hits() == {"GET /file": {"200": 1}}


def test_made_up_methods_are_one_endpoint(app: Flask, seen: Seen) -> None:
    for method in ("BREW", "STEEP"):
        ask(app, "/cart/1", method)
    assert seen.hits() == {"OTHER no route": {"405": 2}}


def test_bound_twice_it_counts_once(app: Flask, seen: Seen) -> None:
    assert monitor.bind(app=app) is app
    ask(app, "/cart/1")
    assert seen.service()["status"] == {"200": 1}


def test_two_applications_in_one_process_are_two_services(app: Flask, seen: Seen) -> None:
    other = monitor.bind(app=Flask("other"))
    ask(other, "/")
    ask(app, "/cart/1")
    assert seen.service()["status"] == {"200": 1}
    assert (seen.hub.state("service/other") or {})["status"] == {"404": 1}


def test_a_page_of_the_application_s_own_is_not_hidden_by_the_dashboard(seen: Seen) -> None:
    app = Flask("shop")
    app.add_url_rule("/<path:whatever>", "all", lambda whatever: "caught")
    monitor.bind(app=app)
    assert app.test_client().get("/dashboard").status_code == 503
    other = Flask("other")
    other.add_url_rule("/dashboard/", "own", lambda: "a page of its own")
    monitor.bind(app=other)
    assert other.test_client().get("/dashboard/").text == "a page of its own"
