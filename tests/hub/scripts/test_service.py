"""Histories of whole decks: scheduler, supervisor and topics together, on a played clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.hub.scripts.service import ScriptError


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
        assert values["hooks"]["update"]["last_state"] == "done"
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
        assert values["runs"]["skipped"] == sum(hook["skipped"] for hook in values["hooks"].values()) > 60
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
        assert values["runs"]["lost"] == 1
        assert values["hooks"]["update"]["last_state"] == "done"
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


def test_a_process_that_never_connects_is_killed_and_tried_again(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.5))
        deck.mute = True
        await deck.start_hub()
        await asyncio.sleep(30.5)
        assert "did not connect within 30 s" in deck.values()["reason"]
        deck.mute = False
        await asyncio.sleep(35)
        assert deck.values()["hooks"]["update"]["last_state"] == "done"

    play(history)


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


def test_trigger_and_cancel(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(3600.0, 20.0))
        await deck.start_hub()
        with pytest.raises(ScriptError, match="still loading"):
            await deck.service.answer("script/s", "trigger", {}, "ada")
        await asyncio.sleep(30)
        first = (await deck.service.answer("script/s", "trigger", {"args": {"k": 1}}, "ada"))["run"]
        second = (await deck.service.answer("script/s", "trigger", {"hook": "update"}, "ada"))["run"]
        with pytest.raises(ScriptError, match="waits already"):
            await deck.service.answer("script/s", "trigger", {}, "ada")
        await asyncio.sleep(1)
        run = deck.service.runs.values(first)
        assert (run["state"], run["cause"], run["by"], run["args"]) == ("running", "trigger", "ada", {"k": 1})
        assert (f"run/{second}", "run.queued", "ada") in deck.board.named
        await deck.service.answer("script/s", "cancel", {"run": second}, "bob")
        assert deck.service.runs.values(second)["reason"] == "cancelled by bob"
        await deck.service.answer("script/s", "cancel", {"run": first}, "bob")
        await asyncio.sleep(3)
        assert deck.service.runs.values(first)["state"] == "cancelled"
        assert deck.values()["runs"]["cancelled"] == 2
        assert deck.values()["state"] == "idle"
        assert len(deck.workers) == 2
        with pytest.raises(ScriptError, match="it is cancelled"):
            await deck.service.answer("script/s", "cancel", {"run": first}, "bob")

    play(history)


def test_calls_that_cannot_be_answered_say_what_to_do(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write("bad", broken="no grid")
        deck.write("two", a=(60.0, 0.1), b=(60.0, 0.1))
        deck.write("off", a=(60.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(2)
        for topic, name, args, words in (
            ("script/none", "trigger", {}, "no script 'script/none'"),
            ("script/bad", "trigger", {}, "is broken: no grid"),
            ("script/two", "trigger", {}, "several hooks"),
            ("script/two", "trigger", {"hook": "c"}, "no hook 'c'"),
            ("script/two", "trigger", {"hook": 7}, "hook is 7"),
            ("script/two", "cancel", {"run": "x"}, "it is unknown"),
            ("script/two", "explode", {}, "no call 'explode'"),
            ("script/off", "trigger", {}, "no script"),
        ):
            with pytest.raises(ScriptError, match=words) as caught:
                await deck.service.answer(topic, name, args, "ada")
            assert caught.value.hint
        assert "switched off" in deck.values("off")["reason"]

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


def test_old_runs_end_and_failures_are_kept_for_themselves(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(good=(1.0, 0.01), bad=(10.0, 0.01))
        files.failing = {"bad"}
        deck.keep_runs = 20
        await deck.start_hub()
        await asyncio.sleep(400)
        assert 20 <= len(deck.runs(state="done")) <= 20 + 50
        assert 20 <= len(deck.runs(state="failed")) <= 20 + 50
        assert deck.values()["runs"]["done"] > 390

    play(history)
