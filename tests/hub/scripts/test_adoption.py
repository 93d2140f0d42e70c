"""Histories of whole decks on a played clock: what the next hub finds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest


def test_kill_9_of_the_hub_in_mid_run_the_next_one_adopts(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(setup=0.01, update=(1.0, 0.5))
        await deck.start_hub()
        await asyncio.sleep(5.4)
        await deck.kill_hub()
        (running,) = deck.runs(state="running")
        await asyncio.sleep(20)  # the run ends while no hub is there
        await deck.start_hub()
        deck.worker().connect(deck.service)
        await asyncio.sleep(0.1)
        assert deck.runs(due=running["due"])[0]["state"] == "done"
        await asyncio.sleep(5)
        assert len(deck.workers) == 1, "no second process"
        assert deck.times("setup") == 1
        caught_up = [run for run in deck.runs() if run.get("missed")]
        assert len(caught_up) == 1
        assert caught_up[0]["missed"] in (18, 19)
        assert {run["state"] for run in deck.runs()} <= {"done", "running"}

    play(history)


def test_the_next_hub_adopts_a_worker_in_the_middle_of_a_long_run(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(long=(600.0, 300.0), quick=(10.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(30)
        await deck.kill_hub()
        await deck.start_hub()
        deck.worker().connect(deck.service)
        await asyncio.sleep(100)
        assert deck.values()["state"] == "running"
        assert deck.times("quick") == 0
        await asyncio.sleep(200)
        assert deck.runs(hook="long")[0]["state"] == "done"
        assert deck.times("quick") >= 1
        assert len(deck.workers) == 1

    play(history)


@pytest.mark.parametrize("worker_lives", [True, False])
def test_what_waited_for_its_turn_waits_on_under_the_next_hub(play: Any, worker_lives: bool) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(long=(600.0, 300.0), daily=(86_400.0, 0.1), strict=(86_400.0, 0.1))
        files.more["strict"] = {"catch_up": 0}
        await deck.start_hub()
        await asyncio.sleep(30)
        waiting = {run["hook"]: run for run in deck.runs(state="waiting")}
        assert set(waiting) == {"daily", "strict"}
        await deck.kill_hub()
        if not worker_lives:
            deck.worker().die("was killed by SIGKILL")
        await deck.start_hub()
        if worker_lives:
            deck.worker().connect(deck.service)
        await asyncio.sleep(600)
        (daily,), (strict,) = deck.runs(hook="daily"), deck.runs(hook="strict")
        assert (daily["state"], daily["due"]) == ("done", waiting["daily"]["due"])
        assert (strict["state"], strict["reason"]) == ("cancelled", "it was too late to catch it up")

    play(history)


def test_a_worker_that_died_with_the_hub_is_lost_and_replaced(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.5))
        await deck.start_hub()
        await asyncio.sleep(2.4)
        await deck.kill_hub()
        deck.worker().die("was killed by SIGKILL")
        await deck.start_hub()
        (lost,) = deck.runs(state="lost")
        assert lost["reason"] == "its worker died while no hub was there to see it"
        await asyncio.sleep(3)
        assert deck.values()["runs"]["lost"] == 1
        assert deck.runs()[-1]["state"] in ("done", "running")

    play(history)


def test_a_worker_that_lives_and_stays_away_is_killed(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.5))
        await deck.start_hub()
        await asyncio.sleep(2.4)
        await deck.kill_hub()
        first = deck.worker().process
        await deck.start_hub()
        await asyncio.sleep(7)
        assert first.how == "was killed by SIGKILL"
        assert len(deck.runs(state="lost")) == 1
        assert deck.values()["state"] in ("idle", "running")

    play(history)


def test_a_script_deleted_while_no_hub_ran_is_gone(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(10.0, 3.0))
        await deck.start_hub()
        await asyncio.sleep(5)
        await deck.kill_hub()
        process = deck.worker().process
        deck.files.clear()
        await deck.start_hub()
        await asyncio.sleep(0.1)
        deck.worker().connect(deck.service)
        await asyncio.sleep(1)
        assert not process.alive()
        assert deck.store.load("script/s") is None

    play(history)


def test_only_a_known_token_is_let_in(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(1)
        assert deck.service.script_of("") is None
        assert deck.service.script_of("guess") is None
        assert deck.service.script_of(deck.worker().token) == "s"

    play(history)
