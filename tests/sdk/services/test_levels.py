from __future__ import annotations

import pytest

import quarterdeck.testing
from quarterdeck.sdk.calls import Call
from quarterdeck.sdk.services.configuration.config import config
from quarterdeck.sdk.services.levels import EXCLUDED, Levels
from quarterdeck.sdk.services.service import Service, _on_call

NOW = 1_763_000_000_000_000


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(Service, "_wake", lambda self: setattr(self, "_awake", True))
    monkeypatch.setitem(config._values, "EXCLUDE", ("GET /health", "/static/*"))
    return Service("shop", "1.2", "Flask")


def chosen(service: Service, at: int = NOW, **levels: int) -> None:
    """The hub tells what admins chose."""
    args = {"at": at, "levels": {f"GET /{name}": level for name, level in levels.items()}}
    answers: list[object] = []
    _on_call(Call({"id": "1", "topic": service.place, "name": "levels", "args": args}, answers.append))
    assert answers == [{"t": "reply", "id": "1", "result": None}]


def test_at_level_0_only_the_last_call_is_known(service: Service) -> None:
    with quarterdeck.testing.hub() as hub:
        service.note(service.endpoint("GET /a"), 1000 * NOW, 5, 200)
        service.tell()
        assert "level" not in hub.topics("endpoint")["service/shop/endpoint/GET%20%2Fa"]
        chosen(service, a=0)
        assert service.tell()
        assert not service.tell()
        service.note(service.endpoint("GET /a"), 1000 * (NOW + 7), 5, 200)
        service.failed(ValueError(), service.endpoint("GET /a"))
        assert service.tell()
        state = hub.topics("endpoint")["service/shop/endpoint/GET%20%2Fa"]
        assert (state["level"], state["last"], state["status"]) == (0, NOW + 7, {"200": 1})
        assert hub.topics("service")["service/shop"]["status"] == {"200": 1}
        assert hub.topics("exception") == {}
        assert hub.refused == 0


def test_what_is_counted_from_now_on_has_its_version(service: Service) -> None:
    with quarterdeck.testing.hub() as hub:
        chosen(service, a=0)
        service.tell()
        service.note(service.endpoint("GET /a"), 1000 * NOW, 5, 200)
        service.tell()
        assert hub.topics("version") == {}
        chosen(service, NOW + 1)
        service.tell()
        service.note(service.endpoint("GET /a"), 1000 * NOW, 5, 200)
        service.tell()
        (version,) = hub.topics("version").values()
        assert (version["version"], version["status"]) == ("1.2", {"200": 1})


def test_of_what_the_hub_tells_the_latest_holds() -> None:
    levels = Levels(1)
    levels.take({"at": NOW, "levels": {"GET /a": 3, "GET /b": 9, "GET /c": "x"}})
    levels.take({"at": NOW - 1, "levels": {"GET /a": 2}})
    levels.take({"levels": {"GET /a": 2}})
    assert [levels.of(f"GET /{name}") for name in "abcd"] == [3, 1, 1, 1]


def test_what_is_excluded_is_not_measured(service: Service) -> None:
    names = [("GET /health", "/health"), ("POST /health", "/health"), ("GET /static/<path>", "/static/<path>")]
    assert [service.endpoint(name, route=route).level for name, route in names] == [EXCLUDED, 2, EXCLUDED]
    service.note(service.endpoint("GET /health"), 1000 * NOW, 5, 200)
    service.failed(ValueError(), service.endpoint("GET /health"))
    assert (service._awake, service.tell()) == (False, False)
