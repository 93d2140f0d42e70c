"""Flask: every request counts once, by its route, wherever in the application it ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint, Flask, Response, abort, request, send_file
from flask.views import MethodView
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, create_environ

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


def test_head_and_options_are_endpoints_of_their_own(app: Flask, seen: Seen) -> None:
    assert [ask(app, "/cart/1", method) for method in ("HEAD", "OPTIONS")] == [200, 200]
    assert seen.hits() == {f"{method} /cart/<int:number>": {"200": 1} for method in ("HEAD", "OPTIONS")}


def test_a_client_that_has_had_enough_of_a_stream_counts_once(app: Flask, seen: Seen) -> None:
    answer = app.test_client().get("/stream")
    assert next(answer.iter_encoded()) == b"a"
    answer.close()
    assert seen.hits() == {"GET /stream": {"200": 1}}


def test_an_answer_is_closed_once_even_before_its_first_part(seen: Seen) -> None:
    closed = []

    class Answer:
        def __iter__(self) -> Answer:
            return self

        def __next__(self) -> bytes:
            return b"more"

        def close(self) -> None:
            closed.append(True)

    def stream(_environ: Any, start_response: Any) -> Answer:
        start_response("200 OK", [])
        return Answer()

    bound = monitor.bind(stream, name="shop")
    for parts in (0, 1):
        answer = bound(create_environ("/stream"), lambda *_: None)
        assert [next(answer) for _ in range(parts)] == [b"more"] * parts
        answer.close()
        answer.close()
    assert len(closed) == 2
    assert seen.hits() == {"GET /stream": {"200": 2}}


def test_applications_side_by_side_count_for_themselves(seen: Seen) -> None:
    shop, other, same = Flask("shop"), Flask("other"), Flask("shop")
    for app in (shop, other, same):
        app.add_url_rule("/cart", "cart", lambda: "cart")
        monitor.bind(app=app)
    all_apps = Client(DispatcherMiddleware(shop, {"/other": other, "/same": same}))
    for path in ("/cart", "/other/cart", "/other/cart", "/same/cart"):
        assert all_apps.get(path, buffered=True).status_code == 200
    assert seen.service()["status"] == {"200": 2}
    assert (seen.hub.state("service/other") or {})["status"] == {"200": 2}


def test_an_application_below_another_has_its_place_in_its_routes(seen: Seen) -> None:
    shop, below = Flask("shop"), Flask("below")
    for app in (shop, below):
        app.add_url_rule("/cart", "cart", lambda: "cart")
    shop.wsgi_app = DispatcherMiddleware(shop.wsgi_app, {"/in": below})  # type: ignore[method-assign]
    monitor.bind(app=shop)
    for path in ("/cart", "/in/cart", "/in/none"):
        ask(shop, path)
    assert seen.hits() == {"GET /cart": {"200": 1}, "GET /in/cart": {"200": 1}, "GET no route": {"404": 1}}


def test_what_a_class_or_a_blueprint_answers_has_its_function(seen: Seen) -> None:
    class Cart(MethodView):
        def get(self) -> str:
            return "cart"

        def post(self) -> str:
            raise LookupError

    shop = Blueprint("shop", __name__, url_prefix="/v1")
    shop.add_url_rule("/cart", view_func=Cart.as_view("cart"))
    app = Flask("shop")
    app.register_blueprint(shop)
    monitor.bind(app=app)
    assert [ask(app, "/v1/cart"), ask(app, "/v1/cart", "POST")] == [200, 500]
    assert seen.hits() == {"GET /v1/cart": {"200": 1}, "POST /v1/cart": {"500": 1}}
    assert seen.endpoint("GET /v1/cart")["function"]["name"].endswith("Cart")


def test_each_callback_of_dash_is_an_endpoint(seen: Seen) -> None:
    # Dash as far as it matters here: a server of Flask, one route for all callbacks, and a map of these.
    class Dash:
        title = "shop"

        def __init__(self) -> None:
            self.server = Flask(__name__)
            self.callback_map = {"a.value": {"callback": self.layout}, "..b.x...c.y..": {"callback": self.layout}}
            self.server.add_url_rule("/_dash-update-component", "dispatch", self.dispatch, methods=["POST"])
            self.server.add_url_rule("/_dash-layout", "layout", self.layout)

        def layout(self) -> str:
            return "layout"

        def dispatch(self) -> str:
            return str(self.callback_map[request.get_json()["output"]])

    Dash.__module__ = "dash.dash"
    app = monitor.bind(app=Dash())
    client = app.server.test_client()
    for output in ("a.value", "a.value", "..b.x...c.y..", "made.up"):
        client.post("/_dash-update-component", json={"output": output}, buffered=True)
    client.get("/_dash-layout", buffered=True)
    assert seen.hits() == {
        "POST /_dash-update-component a.value": {"200": 2},
        "POST /_dash-update-component b.x, c.y": {"200": 1},
        "POST /_dash-update-component": {"500": 1},
        "GET /_dash-layout": {"200": 1},
    }
    assert seen.endpoint("POST /_dash-update-component a.value")["function"]["name"].endswith("Dash.layout")
    assert seen.service()["framework"] == "Dash"


def test_colours_are_told_by_what_flask_calls_an_endpoint_or_by_its_name(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor.config, "colors", {"main": "#0061ff", "POST /": "#ff9900", "nobody": "#000000"})
    app = Flask("shop")
    app.add_url_rule("/", "main", lambda: "seen", methods=["GET", "POST"])
    monitor.bind(app=app)
    app.test_client().get("/", buffered=True)
    assert seen.service()["colors"] == {"GET /": "#0061ff"}
    app.test_client().post("/", buffered=True)
    assert seen.service()["colors"] == {"GET /": "#0061ff", "POST /": "#ff9900"}
