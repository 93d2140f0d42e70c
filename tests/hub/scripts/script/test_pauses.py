"""Histories of decks whose schedules somebody pauses and resumes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.core.schedule import HOUR, SECOND
from quarterdeck.hub.scripts.script.calls import ScriptError


async def ask(deck: Any, name: str, by: str = "ada", **args: Any) -> dict[str, Any]:
    return dict(await deck.service.answer("script/s", name, args, by))


def test_a_paused_hook_starts_nothing_by_itself_and_goes_on_in_its_rhythm(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(one=(60.0, 0.1), two=(60.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(130)
        rhythm = deck.hook("one")["next"]
        before = deck.times("one"), deck.times("two")
        await ask(deck, "pause", hook="one")
        assert deck.values()["paused"] == {"one": {"at": deck.clock.now(), "by": "ada"}}
        assert deck.hook("one").get("next") is None
        assert ("script/s", "script.paused", "ada") in deck.board.named
        await asyncio.sleep(600)
        assert (deck.times("one"), deck.times("two")) == (before[0], before[1] + 10)
        assert deck.values()["runs"].get("skipped", 0) == 0
        await ask(deck, "trigger", hook="one")
        await asyncio.sleep(1)
        assert deck.times("one") == before[0] + 1, "by hand it runs all the same"
        await ask(deck, "resume", "bob")
        entry = deck.hook("one")
        assert 0 < entry["next"] - deck.clock.now() <= 60 * SECOND
        assert (entry["next"] - rhythm) % (60 * SECOND) == 0
        assert deck.values()["paused"] == {}
        await asyncio.sleep(61)
        assert deck.times("one") == before[0] + 2, "what was missed is not caught up"

    play(history)


def test_a_pause_outlives_the_hub_an_edit_and_the_absence_of_the_files(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(one=(60.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(10)
        await ask(deck, "pause")
        await ask(deck, "pause", "bob")
        assert deck.values()["paused"]["*"]["by"] == "ada", "it was paused already"
        await deck.kill_hub()
        await asyncio.sleep(300)
        await deck.start_hub()
        await asyncio.sleep(300)
        deck.write(one=(30.0, 0.1), more=(30.0, 0.1))
        await asyncio.sleep(300)
        deck.write(broken="no grid")
        await deck.until(state="broken")
        deck.write(one=(20.0, 0.1))
        await asyncio.sleep(300)
        deck.delete()
        await asyncio.sleep(60)
        assert deck.values() == {}
        deck.write(one=(10.0, 0.1))
        await asyncio.sleep(300)
        assert deck.ran == [("s", "one")]
        assert list(deck.values()["paused"]) == ["*"]
        assert deck.values().get("next_due") is None
        await ask(deck, "resume")
        await asyncio.sleep(95)
        assert 9 <= deck.times("one") - 1 <= 10
        assert deck.board.records("paused") == {}

    play(history)


def test_a_pause_drops_what_waits_by_the_schedule_and_retries_but_no_run_that_goes_on(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(bad=(7200.0, 0.1), slow=(7200.0, 30.0))
        files.more = {"bad": {"retries": 3}}
        files.failing = {"bad"}
        await deck.start_hub()
        await deck.until(state="running")
        await asyncio.sleep(1)
        assert deck.values()["running"], "slow runs, and the retry of bad comes"
        assert deck.hook("bad")["retry"]
        await asyncio.sleep(15)
        waiting = deck.runs(state="waiting")
        assert [run["cause"] for run in waiting] == ["retry"]
        await ask(deck, "pause")
        assert deck.runs(cause="retry")[0]["reason"] == "paused by ada"
        await asyncio.sleep(60)
        assert [run["state"] for run in deck.runs(hook="slow")] == ["done"]
        assert len(deck.runs(hook="bad")) == 2
        assert deck.hook("bad").get("retry") is None

    play(history)


def test_what_cannot_be_paused_or_resumed_says_so(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(one=(HOUR / SECOND, 0.1))
        await deck.start_hub()
        await asyncio.sleep(1)
        with pytest.raises(ScriptError, match="no hook 'two'"):
            await ask(deck, "pause", hook="two")
        await ask(deck, "resume")
        assert not [name for _, name, _ in deck.board.named if name in ("script.paused", "script.resumed")]
        await ask(deck, "pause")
        with pytest.raises(ScriptError, match="the whole script 's' is paused"):
            await ask(deck, "resume", hook="one")

    play(history)
