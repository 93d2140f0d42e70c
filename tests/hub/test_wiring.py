"""What the hub adds of its own: the topic ``deck``, upkeep, records, and how it is found."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from quarterdeck.hub import discovery
from quarterdeck.hub.deck import Deck
from quarterdeck.hub.hub import Hub
from quarterdeck.kinds import all_kinds
from quarterdeck.store.memory import MemoryStore
from quarterdeck.testing.clock import FakeClock


@pytest_asyncio.fixture
async def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """A hub that is built; its parts are started one by one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    deck = Deck(tmp_path)
    deck.prepare()
    hub = Hub(deck, MemoryStore(all_kinds()), FakeClock(), host="127.0.0.1", url="http://127.0.0.1:8080")
    yield hub
    await hub.commits.close()


async def test_deck_counts_scripts_by_what_they_do(wired: Hub) -> None:
    await wired._overview.start()
    for name, state, attention in (("a", "idle", False), ("b", "running", True), ("c", "broken", False)):
        wired.board.publish(f"script/{name}", [["set", "state", state], ["set", "attention", attention]])
    wired.board.publish("script/a/store", [["put", "values", {"count": "1"}]])
    state = wired.board.state("deck")
    assert state is not None
    assert [state.values[name] for name in ("scripts", "running", "failing")] == [3, 1, 2]
    wired.board.publish("script/b", [["drop"]])
    assert [state.values[name] for name in ("scripts", "running", "failing")] == [2, 0, 1]
    wired._overview.stop()


async def test_deck_keeps_the_latest_ends(wired: Hub) -> None:
    await wired._overview.start()
    wired.board.publish("run/1", [["set", "script", "a"], ["set", "state", "running"]])
    wired.board.publish("run/1", [["set", "state", "failed"], ["set", "duration", 5], ["set", "ended", 7]])
    await asyncio.sleep(0)
    state = wired.board.state("deck")
    assert state is not None
    assert state.values["ended"] == [["run/1", "a", "failed", 5, 7]]
    wired._overview.stop()


async def test_accounts_outlive_the_hub_by_its_store(wired: Hub) -> None:
    secret, _ = await wired.accounts.tokens.make("batch", "producer")
    assert [token["name"] for token in wired._records.records("tokens").values()] == ["batch"]
    assert secret not in json.dumps(wired._records.records("tokens"))


async def test_discovery_gives_commands_an_admin_token_and_producers_a_producers(wired: Hub) -> None:
    await wired._announce()
    near, user = discovery.read(wired.deck.discovery), discovery.read(discovery.user_file())
    assert (near["url"], near["pid"], user["deck"]) == (wired.url, os.getpid(), str(wired.deck.folder))
    commands = await wired.accounts.by_token(near["token"])
    producers = await wired.accounts.by_token(user["token"])
    assert commands is not None
    assert producers is not None
    assert (commands.role, producers.role) == ("admin", "producer")
    assert wired.scripts.environment["QUARTERDECK_TOKEN"] == user["token"]
    await wired._announce()
    assert discovery.read(discovery.user_file())["token"] == user["token"]


async def test_a_hub_is_found_by_each_of_its_ports_and_need_not_be_the_usual_one(tmp_path: Path, wired: Hub) -> None:
    store = MemoryStore(all_kinds())
    hub = Hub(wired.deck, store, FakeClock(), host="127.0.0.1", url="http://a", ports=(1, 2), usual=False)
    await hub._announce()
    assert [discovery.read(discovery.port_file(port))["url"] for port in (1, 2)] == ["http://a", "http://a"]
    assert discovery.read(discovery.user_file()) == {}
    await hub.commits.close()


async def test_upkeep_goes_on_until_nothing_is_too_old(wired: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.hub.upkeep._BETWEEN", 0)
    wired.commits.stream("old", 1, "{}")
    await wired.commits.committed()
    clock = wired.clock
    assert isinstance(clock, FakeClock)
    clock.advance(31 * 86_400)
    assert await wired._upkeep.expire() == 1
    assert await wired._upkeep.expire() == 0
