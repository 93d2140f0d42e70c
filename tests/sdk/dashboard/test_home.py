"""When a hub is started beside an application, and when again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from quarterdeck.sdk import default
from quarterdeck.sdk.dashboard import accounts
from quarterdeck.sdk.dashboard import home as homes
from quarterdeck.sdk.dashboard.home import Home
from quarterdeck.sdk.dashboard.starting import HubError, python
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.configuration.config import config


class InPlace:
    """A thread that does its work at once."""

    def __init__(self, target: Callable[..., None], args: tuple[Any, ...], **_: Any) -> None:
        self._work = lambda: target(*args)

    def start(self) -> None:
        self._work()


class World:
    """No hub starts here; ``now`` moves by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.starts: list[float] = []

    def start(self, *_: str, **__: Any) -> None:
        self.starts.append(self.now)
        raise HubError("there is no room")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> World:
    made = World()
    monkeypatch.setattr(homes.threading, "Thread", InPlace)
    monkeypatch.setattr(homes.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(homes, "Started", made.start)
    monkeypatch.setattr(homes, "_report", Report())
    monkeypatch.setattr(default, "use", lambda client: None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("QUARTERDECK_URL", raising=False)
    monkeypatch.setattr(homes, "_TESTS", "NO_TEST")  # pytest sets its own anew for each part of a test
    monkeypatch.setattr(default, "is_chosen", lambda: False)
    return made


def test_one_that_does_not_start_is_tried_ever_less_often(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home()
    home.service = "shop"
    for _ in range(240):
        home.want()
        world.now += 1.0
    assert [at - 100 for at in world.starts] == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert home.trouble == "there is no room"
    assert capsys.readouterr().err.count("there is no room") == 1


def test_a_server_that_has_python_inside_of_it_is_not_taken_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert python() == sys.executable
    monkeypatch.setattr(sys, "executable", "/usr/bin/uwsgi")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert python() == "python3"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").touch()
    assert python() == str(tmp_path / "bin" / "python3")


def test_none_is_started_by_tests(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "_TESTS", "PYTEST_CURRENT_TEST")
    home = Home()
    home.want()
    assert (world.starts, home.starts) == ([], False)


def test_none_is_started_where_one_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(default, "current", lambda: SimpleNamespace(find=lambda: ("http://127.0.0.1:9", None)))
    home = Home()
    home.want()
    assert (world.starts, home.starts, home.where()) == ([], False, ("http://127.0.0.1:9", ""))


def test_the_folder_of_the_database_is_the_deck(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setitem(config._values, "DATABASE", str(tmp_path / "shop"))
    home = Home()
    home.want()
    assert home.starts
    assert [path.name for path in (tmp_path / "shop").iterdir()] == [".quarterdeck"]


def test_a_short_password_is_said_by_who_makes_it_an_accounts(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    monkeypatch.setitem(config._values, "PASSWORD", "admin")
    monkeypatch.setitem(config._values, "DATABASE", str(tmp_path))
    monkeypatch.setattr(accounts, "_report", Report())
    given: list[Any] = []
    changed: list[str] = []
    monkeypatch.setattr(homes, "give", lambda url, token, users: given.extend(users) or changed)
    monkeypatch.setattr(homes, "listens", lambda url, patience: True)
    monkeypatch.setattr(homes, "_living", lambda folder: {"url": "http://127.0.0.1:9"})
    Home().want()  # in another process, as it were, which finds the hub
    assert [user["name"] for user in given] == ["admin"]
    living = [{}, {"url": "http://127.0.0.1:9"}, {}, {}, {}, {}]
    monkeypatch.setattr(homes, "_living", lambda folder: living.pop(0))
    Home().want()  # another one starts it meanwhile
    assert world.starts == []
    Home().want()  # it does not start
    assert "soon guessed" not in capsys.readouterr().err
    said: dict[str, Any] = {"given": []}
    hub = SimpleNamespace(said=said, let_go=lambda: None, process=SimpleNamespace(wait=lambda: 0))
    monkeypatch.setattr(homes, "Started", lambda *_, **__: hub)
    Home().want()  # it knows it since its life before
    assert living == []
    assert "soon guessed" not in capsys.readouterr().err
    said["given"], living[:] = ["admin"], [{}, {}]
    Home().want()
    assert capsys.readouterr().err.count("a password of 'admin' is soon guessed") == 1
    monkeypatch.setattr(accounts, "_report", Report())
    changed.append("admin")
    monkeypatch.setattr(homes, "_living", lambda folder: {"url": "http://127.0.0.1:9"})
    Home().want()  # the configuration has changed since
    assert capsys.readouterr().err.count("a password of 'admin' is soon guessed") == 1
