"""Histories of runs that go on beside each other, each in a process of its own."""

from __future__ import annotations

import asyncio
from typing import Any

ALLOW = {"overlap": "allow", "parallel": 3}


def beside(deck: Any) -> list[Any]:
    return [worker for worker in deck.workers.values() if worker.beside is not None]


def alive(deck: Any) -> list[Any]:
    return [worker for worker in beside(deck) if worker.process.alive()]


def test_each_run_has_its_process_and_they_end_with_their_runs(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 25.0)).more["slow"] = ALLOW
        await deck.start_hub()
        await asyncio.sleep(62)
        assert len(deck.runs(state="running")) == 3
        assert len(alive(deck)) == 2
        assert deck.values()["state"] == "running"
        assert deck.values()["next_due"] > deck.clock.now(), "what comes next is told while runs go on"
        counts = deck.values()["runs"]
        assert counts["done"] >= 3
        assert counts.get("skipped", 0) == 0
        assert {run["state"] for run in deck.runs()} == {"done", "running"}
        assert len({run["due"] for run in deck.runs()}) == len(deck.runs()), "each planned time has its run"
        deck.delete()
        await asyncio.sleep(60)
        assert deck.store.load("script/s") is None
        assert alive(deck) == []
        assert deck.board.records("beside") == {}

    play(history)


def test_more_than_its_number_are_skipped_and_counted(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 1000.0)).more["slow"] = ALLOW
        await deck.start_hub()
        await asyncio.sleep(100)
        assert len(deck.runs(state="running")) == 3
        hook = deck.hook("slow")
        assert hook["skipped"] >= 6
        assert hook["last_skip"]["reason"] == "as many of its runs went on as may at a time"

    play(history)


def test_it_starts_from_what_is_stored_and_its_worker_learns_what_it_stores(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(setup=0.01, slow=(10.0, 15.0)).more["slow"] = ALLOW
        await deck.start_hub()
        deck.board.publish("script/s/store", [["put", "values", {"count": "7"}]])
        await asyncio.sleep(12)
        (one,) = alive(deck)
        assert (one.args["store"], one.args["setup"]) == ({"count": "7"}, False)
        one.tell("script/s/store", [["put", "values", {"count": "8", "new": "1"}], ["drop", "values", "old"]], None)
        assert deck.worker().heard == {}
        assert [prefix for prefix, _ in deck.board.listeners] == ["run", "script/s/store"]
        await asyncio.sleep(15)
        assert deck.worker().heard == {"count": "8", "new": "1", "old": None}
        deck.write("s", slow=(3600.0, 0.1))
        await asyncio.sleep(60)
        assert alive(deck) == []
        assert [prefix for prefix, _ in deck.board.listeners] == ["run"], "nobody listens to the store for nobody"

    play(history)


def test_one_is_cancelled_and_one_takes_too_long_and_the_others_go_on(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 1000.0)).more["slow"] = {**ALLOW, "timeout": 60_000_000}
        await deck.start_hub()
        await asyncio.sleep(35)
        first, second = alive(deck)
        await deck.service.answer("script/s", "cancel", {"run": first.beside}, "ada")
        await asyncio.sleep(3)
        assert not first.process.alive()
        assert second.process.alive()
        (run,) = deck.runs(state="cancelled")
        assert run["reason"] == "cancelled by ada"
        await asyncio.sleep(50)
        assert not second.process.alive()
        assert {run["reason"] for run in deck.runs(state="failed")} == {"timed out after 60 s"}

    play(history)


def test_a_process_that_dies_or_never_connects_loses_its_run_alone(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 500.0)).more["slow"] = ALLOW
        await deck.start_hub()
        await asyncio.sleep(12)
        (one,) = alive(deck)
        one.die("was killed by SIGSEGV")
        await asyncio.sleep(0.2)
        assert deck.runs(state="lost")[0]["reason"] == "its process was killed by SIGSEGV"
        deck.mute = True
        await asyncio.sleep(50)
        assert "its process did not connect within 30 s" in {run["reason"] for run in deck.runs(state="lost")}
        assert deck.runs(state="running"), "the worker's own run goes on"
        assert deck.worker().process.alive()

    play(history)


def test_the_next_hub_takes_them_over_in_mid_run_and_after_it(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 60.0)).more["slow"] = ALLOW
        await deck.start_hub()
        await asyncio.sleep(25)
        first, second = alive(deck)
        await deck.kill_hub()
        await asyncio.sleep(50)  # the first one's run ends while no hub is there, the second one's goes on
        second.run = second.beside if second.run is None else second.run
        await deck.start_hub()
        for worker in (deck.worker(), first, second):
            worker.connect(deck.service)
        await asyncio.sleep(1)
        assert deck.board.state(f"run/{first.beside}").values["state"] == "done"
        await asyncio.sleep(20)
        assert deck.board.state(f"run/{second.beside}").values["state"] == "done"
        await asyncio.sleep(15)
        assert not first.process.alive()
        assert not second.process.alive()

    play(history)


def test_one_that_died_with_the_hub_is_lost(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 500.0)).more["slow"] = ALLOW
        await deck.start_hub()
        await asyncio.sleep(12)
        (one,) = alive(deck)
        await deck.kill_hub()
        one.die("was killed by SIGKILL")
        await deck.start_hub()
        run = deck.board.state(f"run/{one.beside}").values
        assert (run["state"], run["reason"]) == ("lost", "its process died while no hub was there to see it")
        assert deck.board.records("beside") == {}

    play(history)


def test_an_edit_waits_for_none_of_them_and_a_hub_that_stops_for_ten_seconds(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(10.0, 25.0)).more["slow"] = ALLOW
        await deck.start_hub()
        await asyncio.sleep(22)
        assert len(alive(deck)) == 2
        deck.write(slow=(3600.0, 100.0))
        await asyncio.sleep(4)
        assert deck.worker().loaded == deck.files["s"].version
        assert len(alive(deck)) == 2, "they end with the files they began with"
        await asyncio.sleep(30)
        assert alive(deck) == []
        deck.write(slow=(10.0, 500.0)).more["slow"] = ALLOW
        await asyncio.sleep(130)
        assert alive(deck)
        await deck.service.stop()
        assert alive(deck) == []
        assert {run["reason"] for run in deck.runs(state="lost")} == {
            "the hub was stopped and the run did not end within 10 s"
        }

    play(history)
