"""Histories of whole decks on a played clock: what people ask of a script."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.core.ops import Refused
from quarterdeck.hub.scripts.script.calls import ScriptError


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
        # Who did what is one line a deed: that it began is no deed of hers.
        told = [(name, by) for topic, name, by in deck.board.named if topic == f"run/{first}"]
        assert told == [("run.queued", "ada"), ("run.started", None)]
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


def test_arguments_that_the_hook_does_not_take_start_nothing(play: Any) -> None:
    async def history(deck: Any) -> None:
        days = {"name": "days", "annotation": "int", "kind": "int", "optional": False, "default": 30}
        deck.write(clean=(3600.0, 0.1)).more = {"clean": {"parameters": [days]}}
        await deck.start_hub()
        await asyncio.sleep(2)
        for args, words in (
            ({"days": "many"}, "the argument days is 'many'; give a whole number"),
            ({"dais": 1}, "clean has no argument 'dais'; did you mean 'days'?"),
        ):
            with pytest.raises(ScriptError, match=words.replace("?", ".")) as caught:
                await deck.service.answer("script/s", "trigger", {"args": args}, "ada")
            assert (caught.value.code, bool(caught.value.hint)) == ("bad-args", True)
        assert len(deck.runs()) == 1
        await deck.service.answer("script/s", "trigger", {"args": {"days": "7"}}, "ada")
        assert deck.runs(cause="trigger")[0]["args"] == {"days": 7}
        deck.write(turn=(3600.0, 0.1)).more = {"turn": {"inputs": ["speed"], "parameters": [{**days, "name": "value"}]}}
        await asyncio.sleep(2)
        await deck.service.answer("script/s", "trigger", {"args": {"component": "speed", "value": 5}}, "ada")
        assert deck.runs(cause="trigger")[-1]["args"] == {"component": "speed", "value": 5}

    play(history)


def test_arguments_that_no_topic_could_hold_are_refused_before_anything_happens(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(3600.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(2)
        with pytest.raises(Refused, match="takes 70008 bytes"):
            await deck.service.answer("script/s", "trigger", {"args": {"k": "x" * 70_000}}, "ada")
        await asyncio.sleep(1)
        assert len(deck.runs()) == 1
        assert deck.values()["state"] == "idle"

    play(history)
