"""Histories of whole decks on a played clock: scripts that change, break and go."""

from __future__ import annotations

import asyncio
from typing import Any


def test_an_edit_in_mid_run_waits_for_it_and_runs_setup_on_the_kept_store(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(setup=0.01, update=(10.0, 5.0))
        await deck.start_hub()
        await asyncio.sleep(2)
        deck.board.publish("script/s/store", [["put", "values", {"count": "7"}]])
        deck.board.publish("script/s/panel/t", [["set", "id", "t"], ["set", "text", "hello"]])
        after = deck.write(setup=0.01, update=(10.0, 5.0), more=(1.0, 0.1))
        await asyncio.sleep(1)
        assert len(deck.workers) == 1
        await asyncio.sleep(4)
        assert len(deck.workers) == 2
        assert {run["state"] for run in deck.runs()} <= {"done", "running"}
        args = deck.worker().args
        assert (args["version"], args["setup"]) == (after.version, True)
        assert args["store"] == {"count": "7"}
        assert args["panel"]["t"]["state"]["text"] == "hello"
        assert deck.times("setup") == 2
        assert set(deck.values()["hooks"]) == {"setup", "update", "more"}

    play(history)


def test_a_new_worker_of_the_same_version_does_not_set_up_again(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(setup=0.01, update=(1.0, 0.5))
        await deck.start_hub()
        await asyncio.sleep(3.7)
        deck.worker().die("was killed by SIGKILL")
        await asyncio.sleep(3)
        assert deck.times("setup") == 1
        assert deck.worker().args["setup"] is False
        deck.board.publish("script/s", [["set", "unkept", [{"key": "k", "why": "a lock"}]]])
        deck.worker().die("was killed by SIGKILL")
        await asyncio.sleep(5)
        assert deck.times("setup") == 2, "values that stayed in the worker are gone with it"

    play(history)


def test_a_setup_that_fails_is_run_again_by_the_next_worker(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(setup=0.01, update=(1.0, 0.1))
        files.failing = {"setup"}
        await deck.start_hub()
        await asyncio.sleep(2.5)
        assert deck.times("update") == 3, "as in the original, the hooks run all the same"
        assert deck.values()["attention"] is True
        files.failing = set()
        deck.worker().die("ended with exit code 0")
        await asyncio.sleep(3)
        assert deck.times("setup") == 2
        assert deck.values()["attention"] is False

    play(history)


def test_a_broken_script_harms_no_other_and_mends_itself_when_it_changes(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write("bad", broken="the layout has no <Grid>")
        deck.write("good", update=(1.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(5.5)
        bad = deck.values("bad")
        assert (bad["state"], bad["reason"]) == ("broken", "the layout has no <Grid>")
        assert bad["error"]["file"] == "a.py"
        assert bad["traceback"] == "Traceback"
        assert deck.times("update", "good") >= 5
        assert len(deck.workers) == 2, "nobody tries a broken version again and again"
        deck.write("bad", update=(1.0, 0.1))
        await asyncio.sleep(3)
        bad = deck.values("bad")
        assert (bad["state"], bad["error"], bad["traceback"]) == ("idle", None, None)
        assert deck.times("update", "bad") >= 2

    play(history)


def test_a_script_that_an_edit_breaks_runs_no_more_and_keeps_its_rhythm(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(10.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(12)
        deck.write(broken="no")
        await asyncio.sleep(20)
        values = deck.values()
        assert (values["state"], values["hooks"], values["next_due"]) == ("broken", {}, None)
        assert deck.times("update") == 2
        await deck.kill_hub()
        await deck.start_hub()
        await asyncio.sleep(1)
        assert deck.values()["state"] == "broken"

    play(history)


def test_a_deleted_script_stops_after_its_run_and_its_runs_stay(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(10.0, 3.0))
        await deck.start_hub()
        await asyncio.sleep(1)
        deck.board.publish("script/s/panel/t", [["set", "id", "t"]])
        deck.board.publish("script/s/store", [["put", "values", {"count": "7"}]])
        deck.delete()
        await asyncio.sleep(1)
        assert deck.values()["state"] == "gone"
        await asyncio.sleep(5)
        assert deck.store.load("script/s") is None
        assert deck.store.load("script/s/panel/t") is None
        assert deck.runs()[0]["state"] == "done"
        assert deck.records("workers") == {}
        deck.write(update=(10.0, 3.0))
        await asyncio.sleep(1)
        assert deck.worker().args["store"] == {"count": "7"}, "one that comes back finds what it kept"

    play(history)


def test_a_name_that_no_topic_can_have_harms_no_other(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write("ä" * 120, update=(1.0, 0.1))
        deck.write("good", update=(1.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(5)
        assert deck.times("update", "good") >= 4
        assert set(deck.service.scripts) == {"good"}

    play(history)


def test_a_layout_that_is_too_large_is_a_broken_script(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.1)).grid = {"children": ["x" * 1000] * 100}
        await deck.start_hub()
        await asyncio.sleep(5)
        values = deck.values()
        assert values["state"] == "broken"
        assert "the hub refused what it loaded" in values["reason"]
        assert len(deck.workers) == 1

    play(history)
