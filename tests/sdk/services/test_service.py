from __future__ import annotations

import errno
import os

import pytest

import quarterdeck.testing
from quarterdeck.integrations.paths import EndpointsByPath
from quarterdeck.sdk.calls import Call
from quarterdeck.sdk.services.endpoint import FIELDS
from quarterdeck.sdk.services.routes import name_of, route_of
from quarterdeck.sdk.services.service import MOST_ENDPOINTS, OTHER, SETTLE_AT, Service, _on_call

NOW = 1_763_000_000_000_000


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    # Tests tell for themselves, so that no time passes.
    monkeypatch.setattr(Service, "_wake", lambda self: setattr(self, "_awake", True))
    return Service("shop", "1.2", "Flask")


def test_beyond_the_cap_all_endpoints_are_one(service: Service) -> None:
    names = [service.endpoint(f"GET /{number}").name for number in range(MOST_ENDPOINTS + 3)]
    assert names[MOST_ENDPOINTS - 1 :] == [f"GET /{MOST_ENDPOINTS - 1}", OTHER, OTHER, OTHER]
    assert service.endpoint("GET /9999") is service.endpoint("GET /8888")


def test_what_waits_is_bounded(service: Service) -> None:
    endpoint = service.endpoint("GET /")
    for number in range(3 * SETTLE_AT):
        service.note(endpoint, 1000 * NOW, number, 200)
        assert len(endpoint.waiting) <= SETTLE_AT * FIELDS
    assert endpoint.measured.status[200] >= SETTLE_AT


def test_it_tells_its_endpoints_versions_and_itself(service: Service) -> None:
    with quarterdeck.testing.hub() as hub:
        assert not service.tell()
        service.note(service.endpoint("GET /a", route="/a"), 1000 * NOW, 5, 200)
        service.note(service.endpoint("POST /a", route="/a"), 1000 * NOW, 7, 500)
        assert service.tell()
        service.note(service.endpoint("GET /a"), 1000 * (NOW + 60_000_000), 5, 200)
        assert service.tell()
        shop = hub.topics("service")["service/shop"]
        assert (shop["status"], shop["version"], shop["last"]) == ({"200": 2, "500": 1}, "1.2", NOW + 60_000_000)
        (process,) = shop["processes"].values()
        assert (process["pid"], process["version"]) == (os.getpid(), "1.2")
        assert {state["name"]: state["route"] for state in hub.topics("endpoint").values()} == {
            "GET /a": "/a",
            "POST /a": "/a",
        }
        assert {(state["endpoint"], state["version"]) for state in hub.topics("version").values()} == {
            ("GET /a", "1.2"),
            ("POST /a", "1.2"),
        }
        service.close()
        assert hub.topics("service")["service/shop"]["processes"] == {}
        assert hub.refused == 0


def test_what_the_hub_has_let_go_comes_back_whole(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = "service/shop/endpoint/GET%20%2Fa"
    monkeypatch.setattr("quarterdeck.sdk.services.service.TELL_AGAIN", -1.0)
    with quarterdeck.testing.hub() as hub:
        service.note(service.endpoint("GET /a", route="/a"), 1000 * NOW, 5, 200, "10.0.0.7")
        service.close()
        assert len(hub.topics("callers")) == 2

        async def end() -> None:
            hub.exchange.board.end([topic, f"{topic}/version/1.2", f"{topic}/callers/1.2"])

        hub.do(end())
        service.note(service.endpoint("GET /a"), 1000 * (NOW + 1), 5, 200, "10.0.0.7")
        service.close()
        state = hub.state(topic) or {}
        assert (state["name"], state["route"], state["status"]) == ("GET /a", "/a", {"200": 1})
        assert [each["version"] for each in hub.topics("version").values()] == ["1.2"]
        assert [each["service"] for each in hub.topics("callers").values()] == ["shop", "shop"]


def test_a_forked_child_leaves_to_its_parent_what_the_parent_measured(service: Service) -> None:
    with quarterdeck.testing.hub() as hub:
        endpoint = service.endpoint("GET /a")
        service.note(endpoint, 1000 * NOW, 5, 200)
        service.settle()
        service.note(endpoint, 1000 * NOW, 5, 200)
        service.forked()
        assert not service.tell()
        service.note(endpoint, 1000 * NOW, 5, 200)
        assert service.tell()
        assert hub.topics("endpoint")["service/shop/endpoint/GET%20%2Fa"]["status"] == {"200": 1}


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/user/17/cart", "/user/*/cart"),
        ("/user/17", "/user/*"),
        ("", "/"),
        ("/v2/items", "/v2/items"),
        ("/file/0b9c1d2e-7f3a-4b5c-8d9e-0f1a2b3c4d5e", "/file/*"),
        ("/commit/deadbeef01", "/commit/*"),
        ("/faded/decade", "/faded/decade"),
    ],
)
def test_what_varies_in_a_path_is_no_part_of_its_route(path: str, route: str) -> None:
    assert route_of(path) == route
    assert name_of("BREW", route) == f"OTHER {route}"


def test_long_names_are_cut_so_that_their_topics_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Service, "_wake", lambda self: setattr(self, "_awake", True))
    service = Service("shop \N{DUCK}" * 60, "1.2+" * 60, "Flask")
    with quarterdeck.testing.hub() as hub:
        for name in ("GET /" + "\N{DUCK}" * 999, "GET /" + "a" * 250, "GET /" + "a" * 999):
            service.note(service.endpoint(name), 1000 * NOW, 5, 200, "10.0.0.7", "ann")
        service.close()
        assert hub.refused == 0
        assert sum(state["status"]["200"] for state in hub.topics("version").values()) == 3
        assert len(hub.topics("callers")) == len(hub.topics("endpoint")) + 1


def test_a_path_of_a_client_takes_no_time_and_no_memory(service: Service) -> None:
    paths = EndpointsByPath(service)
    # Each took seconds, in which the process answered nobody.
    for letter in "z\N{DUCK}":
        for number in range(9):
            assert paths["GET", f"/{number}{letter * 60_000}"].name.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert len(paths) == 0
    assert paths["GET", "/a"] is paths["GET", "/a"]


def test_what_cannot_be_counted_ends_nothing(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    with quarterdeck.testing.hub() as hub:
        service.note(service.endpoint("GET /a"), 1000 * NOW, 5, 200, Endless())  # type: ignore[arg-type]
        service.note(service.endpoint("GET /b"), 1000 * NOW, 5, 200)
        service.close()
        assert set(hub.topics("endpoint")) >= {"service/shop/endpoint/GET%20%2Fb"}
    assert "RecursionError: deep (a request of 'shop' was not counted)" in capsys.readouterr().err


class Endless:
    def __str__(self) -> str:
        raise RecursionError("deep")


def test_standard_error_may_be_full(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sys.stderr", Full())
    service.fault(ValueError())


def test_services_of_one_name_in_one_process_are_told_as_one(service: Service) -> None:
    other = Service("shop", "1.2", "Flask")
    replies: list[object] = []
    args = {"at": NOW, "levels": {"GET /a": 0}}
    _on_call(Call({"id": "1", "topic": service.place, "name": "levels", "args": args}, replies.append))
    assert len(replies) == 1
    with quarterdeck.testing.hub() as hub:
        for each in (service, other):
            each.note(each.endpoint("GET /b"), 1000 * NOW, 5, 200)
            each.tell()
            assert each.endpoint("GET /a").level == 0
        for each in (service, other):
            each.close()
        assert (hub.state("service/shop") or {})["status"] == {"200": 2}
        assert (hub.state("service/shop") or {})["processes"] == {}
