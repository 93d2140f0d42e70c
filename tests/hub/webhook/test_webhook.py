"""Histories of decks on a played clock: what the receiver learns, and when."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.core.ops import Refused
from quarterdeck.hub.webhook.deliveries import MOST, Answer

DOWN = Answer("it cannot be reached: Connection refused")


def status(deck: Any) -> Any:
    return deck.board.state("hub").values["webhook"]


def test_a_failure_and_its_end_are_told_once_each(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        webhook = receiver.watch(deck)
        files = deck.write(update=(1.0, 0.1), fine=(5.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(3)
        assert receiver.got == []
        files.failing.add("update")
        await asyncio.sleep(20)
        assert receiver.events() == [("failed", "update")]
        files.failing.clear()
        await asyncio.sleep(3)
        assert receiver.events() == [("failed", "update"), ("recovered", "update")]
        failed, recovered = receiver.got
        assert failed["link"] == f"https://deck.example.org/runs/{failed['run']}"
        assert deck.board.state(f"run/{failed['run']}").values["state"] == "failed"
        assert recovered["times"] == 20
        assert deck.board.records("webhook") == {}, "what was taken is let go of"
        assert deck.board.records("webhook streaks") == {}
        said = status(deck)
        assert (said["receiver"], said["sent"], said["failing"]) == ("https://chat.example.org", 2, None)
        webhook.stop()

    play(history)


def test_with_retries_the_last_try_is_told(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        webhook = receiver.watch(deck)
        files = deck.write(nightly=(86_400.0, 1.0))
        files.more["nightly"] = {"retries": 2, "backoff": 60_000_000}
        files.failing.add("nightly")
        await deck.start_hub()
        await asyncio.sleep(150)
        assert receiver.got == []
        await asyncio.sleep(60)
        assert receiver.events() == [("failed", "nightly")]
        assert receiver.got[0]["times"] == 3
        webhook.stop()

    play(history)


def test_runs_lost_with_a_hub_that_died_are_told_by_the_next(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        first = receiver.watch(deck)
        deck.write(update=(60.0, 30.0))
        await deck.start_hub()
        await asyncio.sleep(5)
        first.stop()
        await deck.kill_hub()
        deck.worker().die("was killed by SIGKILL")
        second = receiver.watch(deck)
        await deck.start_hub()
        await asyncio.sleep(1)
        assert receiver.events() == [("failed", "update")]
        assert receiver.got[0]["state"] == "lost"
        assert "no hub was there" in receiver.got[0]["text"]
        second.stop()

    play(history)


def test_a_message_outlives_the_hub_and_comes_with_the_same_id(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        receiver.answer = DOWN
        first = receiver.watch(deck)
        deck.write(update=(3600.0, 0.1)).failing.add("update")
        await deck.start_hub()
        await asyncio.sleep(30)
        assert 3 <= receiver.tries <= 6
        assert status(deck)["failing"]["why"] == DOWN.why
        (id,) = deck.board.records("webhook")
        first.stop()
        await deck.kill_hub()
        receiver.answer = Answer()
        second = receiver.watch(deck)
        await deck.start_hub()
        deck.worker().connect(deck.service)
        await asyncio.sleep(5)
        assert [body["id"] for body in receiver.got] == [id]
        assert status(deck)["failing"] is None
        await asyncio.sleep(3600)
        assert len(receiver.got) == 1, "it was told before"
        second.stop()

    play(history)


@pytest.mark.long
def test_what_waits_is_bounded_and_the_rest_is_told_when_there_is_room(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        receiver.takes = 20.0
        receiver.answer = DOWN
        webhook = receiver.watch(deck)
        await deck.start_hub()
        for number in range(MOST + 30):
            run = [["set", "script", f"s{number}"], ["set", "hook", "update"], ["set", "state", "failed"]]
            deck.board.publish(f"run/{number}", run, name="run.failed")
        assert status(deck)["waiting"] == len(deck.board.records("webhook")) == MOST
        receiver.takes, receiver.answer = 0.01, Answer()
        await asyncio.sleep(60)
        assert [body["script"] for body in receiver.got] == [f"s{number}" for number in range(MOST + 30)]
        webhook.stop()

    play(history)


def test_a_script_that_does_not_load_and_one_that_slips(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        webhook = receiver.watch(deck)
        deck.write("bad", broken="NameError: name 'x' is not defined")
        await deck.start_hub()
        await asyncio.sleep(5)
        deck.write("bad", update=(60.0, 0.1))
        await asyncio.sleep(5)
        deck.write("slow", long=(3600.0, 40.0), quick=(20.0, 0.1))
        await asyncio.sleep(600)
        assert receiver.events() == [("failed", "bad"), ("recovered", "bad"), ("slipped", "quick")]
        assert receiver.got[0]["error"]["message"] == "NameError: name 'x' is not defined"
        assert receiver.got[2]["late"] > 5
        deck.delete("bad")
        await asyncio.sleep(1)
        webhook.stop()

    play(history)


def test_what_slipped_under_the_hub_before_is_not_told_again(play: Any, receiver: Any) -> None:
    def slips(deck: Any, hook: str) -> None:
        slip = {"at": deck.clock.now(), "run": f"run of {hook}", "late": 37_000_000}
        deck.board.publish("script/s", [["put", "lately", {hook: {"last_slip": slip}}]], name="script.slipped")

    async def history(deck: Any) -> None:
        first = receiver.watch(deck)
        deck.write(a=(3600.0, 0.1), b=(3600.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(1)
        slips(deck, "a")
        await asyncio.sleep(1)
        first.stop()
        await deck.kill_hub()
        second = receiver.watch(deck)
        await deck.start_hub()
        deck.worker().connect(deck.service)
        await asyncio.sleep(1)
        slips(deck, "b")
        await asyncio.sleep(1)
        assert receiver.events() == [("slipped", "a"), ("slipped", "b")]
        second.stop()

    play(history)


def test_a_hub_that_can_store_nothing_says_so_at_once(play: Any, receiver: Any) -> None:
    async def history(deck: Any) -> None:
        webhook = receiver.watch(deck)
        deck.write(update=(60.0, 0.1))
        await deck.start_hub()
        trouble = {"code": "full", "message": "The disk is full.", "hint": "Free some space."}

        async def never() -> None:
            await asyncio.Event().wait()

        committed, deck.board.committed = deck.board.committed, never
        deck.board.publish("hub", [["set", "trouble", trouble]])
        await asyncio.sleep(1)
        assert [(body["event"], body["script"]) for body in receiver.got] == [("failed", None)]
        assert "The disk is full." in receiver.got[0]["text"]
        deck.board.committed = committed
        deck.board.publish("hub", [["set", "trouble", None]])
        await asyncio.sleep(1)
        assert receiver.got[1]["event"] == "recovered"
        webhook.stop()

    play(history)


async def test_a_test_is_answered_at_once_and_shows_no_secret(receiver: Any) -> None:
    from tests.hub.scripts.conftest import World

    deck, receiver.takes = World(), 0
    webhook = receiver.watch(deck)
    assert await webhook.answer("hub", "test-webhook", {}, "ada") == {"status": "taken"}
    assert receiver.got[0]["event"] == "test"
    receiver.answer = Answer("it answered 404", 404)
    with pytest.raises(Refused, match="did not take the test: it answered 404") as caught:
        await webhook.answer("hub", "test-webhook", {}, "ada")
    assert "secret" not in str(caught.value)
    with pytest.raises(Refused, match="no call"):
        await webhook.answer("hub", "other", {}, "ada")
    webhook.stop()
    silent = receiver.watch(deck, url=None)
    with pytest.raises(Refused, match="no webhook is set"):
        await silent.answer("hub", "test-webhook", {}, "ada")
    assert status(deck) is None


async def test_nobody_is_told_of_days_long_gone(receiver: Any) -> None:
    from tests.hub.scripts.conftest import World

    deck, receiver.takes = World(), 0
    run = [["set", "script", "s"], ["set", "hook", "update"], ["set", "state", "failed"]]
    receiver.answer = DOWN
    first = receiver.watch(deck)
    deck.board.publish("run/1", run, name="run.failed")
    first.stop()
    deck.clock.advance(2 * 86_400)
    second = receiver.watch(deck)
    assert (status(deck)["waiting"], status(deck)["lost"]) == (0, 1)
    assert deck.board.records("webhook") == {}
    deck.board.publish("run/2", run, name="run.failed")
    assert status(deck)["waiting"] == 1, "nobody has heard of this streak"
    (told,) = deck.board.records("webhook").values()
    assert (told["body"]["run"], told["body"]["times"]) == ("2", 2)
    second.stop()
    receiver.watch(deck, url=None)
    assert deck.board.records("webhook streaks") == {}
