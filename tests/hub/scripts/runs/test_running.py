"""Histories of whole decks on a played clock: runs, deaths, suspensions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.hub.retention.limits import Limits


def test_the_sample_counts_each_second(play: Any) -> None:
    async def history(deck: Any) -> None:
        version = deck.write(setup=0.01, update=(1.0, 0.1)).version
        await deck.start_hub()
        await asyncio.sleep(10.5)
        assert deck.ran[:2] == [("s", "setup"), ("s", "update")]
        assert deck.times("setup") == 1
        assert deck.times("update") == 11
        values = deck.values()
        assert values["state"] == "idle"
        assert values["runs"] == {"done": 12}
        assert values["hooks"]["update"]["text"] == "every second"
        assert values["lately"]["update"]["last_state"] == "done"
        assert values["last_duration"] == 100_000
        assert len(values["strip"]) == 12
        assert values["next_due"] > deck.clock.now()
        run = deck.runs(hook="update")[-1]
        assert run["cause"] == "schedule"
        assert run["version"] == version
        assert run["late"] < 1_000_000
        assert [name for topic, name, _ in deck.board.named if topic == "script/s"] == ["script.found", "script.loaded"]

    play(history)


def test_a_slow_hook_is_skipped_and_counted(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(1.0, 2.5), quick=(1.0, 0.01))
        await deck.start_hub()
        await asyncio.sleep(60)
        values = deck.values()
        assert values["runs"]["skipped"] == sum(hook.get("skipped", 0) for hook in values["lately"].values()) > 60
        assert deck.times("quick") >= 20, "no slow hook starves another"
        assert deck.times("slow") >= 19
        assert len(deck.runs(state="waiting")) <= 2

    play(history)


def test_a_worker_that_dies_in_a_run_loses_it_and_goes_on(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.5))
        await deck.start_hub()
        await asyncio.sleep(3.4)
        deck.worker().die("was killed by SIGKILL")
        await asyncio.sleep(0.05)
        (lost,) = deck.runs(state="lost")
        assert lost["reason"] == "its worker was killed by SIGKILL"
        assert lost["ended"] > lost["started"]
        assert deck.values()["attention"] is True
        await asyncio.sleep(3)
        values = deck.values()
        assert len(deck.workers) == 2
        assert values["runs"]["lost"] == deck.counted("lost") == 1
        assert values["lately"]["update"]["last_state"] == "done"
        assert values["attention"] is False
        assert ("script/s", "worker.died", None) in deck.board.named

    play(history)


def test_a_worker_that_dies_again_and_again_rests_longer_and_longer(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.5))
        await deck.start_hub()
        for _ in range(6):
            await deck.until(state="running")
            deck.worker().die("ended with exit code 1")
            await asyncio.sleep(0.01)
        values = deck.values()
        assert values["state"] == "waiting"
        assert values["reason"] == "its worker ended with exit code 1; the next one starts in 16 s"

    play(history)


def test_a_process_that_never_connects_is_killed_and_tried_again(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.5))
        deck.mute = True
        await deck.start_hub()
        await asyncio.sleep(30.5)
        assert "did not connect within 30 s" in deck.values()["reason"]
        deck.mute = False
        await asyncio.sleep(35)
        assert deck.hook("update")["last_state"] == "done"

    play(history)


def test_stopping_the_hub_ends_workers_after_their_runs(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write("quick", update=(1.0, 0.5))
        deck.write("long", update=(100.0, 60.0))
        await deck.start_hub()
        await asyncio.sleep(3.3)
        begin = deck.clock.monotonic()
        await deck.service.stop()
        assert 9 < deck.clock.monotonic() - begin < 11
        assert not any(worker.process.alive() for worker in deck.workers.values())
        assert {run["state"] for run in deck.runs(script="quick")} == {"done"}
        (lost,) = deck.runs(script="long")
        assert (lost["state"], "the hub was stopped" in lost["reason"]) == ("lost", True)
        assert deck.records("workers") == {}
        await deck.start_hub()
        await asyncio.sleep(2)
        assert deck.values("quick")["state"] in ("idle", "running")

    play(history)


def test_a_suspended_machine_catches_up_once(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(3.5)
        before = deck.times("update")
        deck.clock.suspend(8 * 3600)
        await asyncio.sleep(3)
        assert before + 3 <= deck.times("update") <= before + 4
        assert deck.values()["runs"].get("skipped", 0) == 0

    play(history)


@pytest.mark.long
def test_old_runs_end_and_failures_are_kept_for_themselves(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(good=(1.0, 0.01), bad=(1.0, 0.01))
        files.failing = {"bad"}
        deck.limits = Limits(runs=5)
        await deck.start_hub()
        await asyncio.sleep(90)
        assert 5 <= len(deck.runs(state="done")) <= 5 + 50
        assert 5 <= len(deck.runs(state="failed")) <= 5 + 50
        assert deck.values()["runs"]["done"] > 80
        assert deck.values()["runs"]["failed"] > 80
        assert deck.counted("failed") == deck.values()["runs"]["failed"]
        assert deck.counted("duration") == deck.values()["runs"]["done"] + deck.values()["runs"]["failed"]

    play(history)


def test_a_run_whose_end_the_hub_refused_does_not_run_for_ever(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(3600.0, 0.1)).silent = True
        await deck.start_hub()
        await asyncio.sleep(3)
        assert deck.values()["state"] == "running"
        await asyncio.sleep(5)
        (run,) = deck.runs()
        assert (run["state"], run["reason"].split(",")[0]) == ("lost", "it is done")
        assert deck.values()["state"] == "idle"

    play(history)


def test_what_comes_next_is_told_with_the_end_of_a_short_run_and_soon_in_a_long_one(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(short=(10.0, 0.1), long=(1000.0, 40.0))
        await deck.start_hub()
        told: list[list[str]] = []

        def listen(topic: str, ops: list[Any], _name: str | None) -> None:
            if topic == "script/s" and any(op[1] == "lately" for op in ops):
                told.append([field for _, field, *_ in ops])

        await asyncio.sleep(100.5)
        stop = deck.board.listen("script", listen)
        await asyncio.sleep(100)
        stop()
        assert len(told) == 10
        assert all("strip" in fields for fields in told), "one event, and not one more for the begin"
        await asyncio.sleep(801)
        assert deck.values()["state"] == "running"
        assert deck.hook("long")["next"] > deck.clock.now()

    play(history)
