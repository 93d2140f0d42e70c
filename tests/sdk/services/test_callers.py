from __future__ import annotations

from typing import Any

import pytest

import quarterdeck.testing
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.asking import LONGEST, SLOW, Asking, asking
from quarterdeck.sdk.services.callers import MOST, OTHER, Callers
from quarterdeck.sdk.services.configuration.config import Config
from quarterdeck.sdk.services.service import Service

NOW = 1_763_000_000_000_000
ENVIRON = {"REMOTE_ADDR": "10.0.0.7"}


def asked(given: Any = ENVIRON, *, keep_ips: bool = True, **said: Any) -> tuple[str | None, str | None]:
    config = Config({})
    config.keep_ips = keep_ips
    for name, value in said.items():
        setattr(config, name, value)
    found = asking(config, None, Report())
    assert found is not None
    return found(given)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("everybody", "everybody"),
        (3, "3"),
        (lambda: 3, "3"),
        (lambda: ("User", 3), "(User,3)"),
        (("User", lambda: 3), "(User,3)"),
        (["a", ["b", lambda: None]], "(a,(b,None))"),
        (lambda: lambda: 7, "7"),
        (lambda environ: environ["REMOTE_ADDR"], "10.0.0.7"),
        (lambda: None, None),
        (lambda: "", None),
        (lambda: "x" * 999, "x" * LONGEST),
    ],
)
def test_who_asks_is_a_value_a_function_or_several(said: Any, text: str | None) -> None:
    assert asked(get_group_by=said) == ("10.0.0.7", text)


def again() -> Any:
    return again


async def later() -> str:
    return "me"


class Odd:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize("said", [lambda: 1 / 0, again, later, Odd(), (Odd(),), {}.pop, [lambda: [1 / 0]]])
def test_what_fails_or_is_odd_is_nobody_and_is_said_once(said: Any, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config({})
    config.get_group_by = said
    found = Asking(config, None, Report())
    assert [found(ENVIRON) for _ in range(3)] == [("10.0.0.7", None)] * 3
    assert capsys.readouterr().err.count("\n") <= 1


def test_what_is_slow_is_not_asked_for_a_while(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr("quarterdeck.sdk.services.asking.time.monotonic", lambda: now[0])
    calls: list[float] = []

    def slow() -> str:
        calls.append(now[0])
        now[0] += 2 * SLOW
        return "me"

    config = Config({})
    config.get_group_by = slow
    found = Asking(config, None, Report())
    assert [found(ENVIRON)[1] for _ in range(3)] == ["me", None, None]
    now[0] += 61
    assert found(ENVIRON)[1] == "me"
    assert len(calls) == 2
    assert capsys.readouterr().err.count("took longer") == 1


def test_from_where_is_what_get_ip_says_else_the_server() -> None:
    assert asked(get_ip=lambda: "1.2.3.4") == ("1.2.3.4", None)
    assert asked(get_group_by="me", keep_ips=False) == (None, "me")
    assert asked({"client": ("10.0.0.8", 5)}, get_group_by="me") == ("10.0.0.8", "me")
    assert asked({"client": None}, get_group_by="me") == asked({}, get_group_by="me") == (None, "me")
    assert asking(Config({}), None, Report()) is None


def test_a_bounded_number_is_counted_by_name_and_nobody_is_lost() -> None:
    callers = Callers()
    callers.add_many([f"10.0.{each}" for each in range(MOST + 7)], [None] * (MOST + 7), [10] * (MOST + 7), NOW + 1)
    callers.add_many(["10.0.0"], [None], [10], NOW)
    whole = Callers()
    whole.add_all(callers)
    whole.add_all(callers)
    (_, _, ips), (_, _, times), last = whole.ops()
    assert len(ips) == MOST + 1
    assert (ips["10.0.0"], ips[OTHER], sum(ips.values())) == (4, 14, 2 * (MOST + 8))
    assert sum(times.values()) == 20 * (MOST + 8)
    assert last == ["set", "last", NOW + 1]


def test_a_service_tells_who_asked_now_and_then_and_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Service, "_wake", lambda self: setattr(self, "_awake", True))
    service = Service("shop", "1.2", "Flask")
    with quarterdeck.testing.hub() as hub:
        for ip, user in (("10.0.0.7", "ann"), ("10.0.0.8", None), (None, None)):
            service.note(service.endpoint("GET /a"), 1000 * NOW, 5, 200, ip, user)
            service.note(service.endpoint("GET /b"), 1000 * NOW, 2, 200, ip, user)
            assert service.tell()
        assert len(hub.topics("callers")) == 3  # the first time is at once
        service.close()
        told = hub.topics("callers")
        assert told["service/shop/endpoint/GET%20%2Fa/callers/1.2"]["users_us"] == {"ann": 5}
        whole = told["service/shop/callers/1.2"]
        assert (whole["endpoint"], whole["version"], whole["last"]) == (None, "1.2", NOW)
        assert (whole["ips"], whole["ips_us"]) == (
            {"10.0.0.7": 2, "10.0.0.8": 2},
            {"10.0.0.7": 7, "10.0.0.8": 7},
        )
        assert hub.refused == 0


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


def silent() -> str:
    raise Mute


def test_an_error_whose_text_raises_harms_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(get_group_by=silent, get_ip=silent) == (None, None)
    assert "get_group_by failed: Mute: (its text raises ValueError)" in capsys.readouterr().err


def test_an_address_may_be_anything() -> None:
    callers = Callers()
    callers.add_many(["x" * 999, b"1.2.3.4", ("1.2.3.4", 80), ["x"], 7], [None] * 5, [5] * 5, NOW)
    told = {op[1]: op[2] for op in callers.ops()}
    assert set(told["ips"]) == {"x" * LONGEST, "b'1.2.3.4'", "('1.2.3.4', 80)", "['x']", "7"}
