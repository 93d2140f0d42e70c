"""Inputs of a panel: who uses one starts a run, which takes its turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.core.topics import join
from quarterdeck.hub.scripts.script.calls import ScriptError

STATES: dict[str, dict[str, Any]] = {
    "go": {"component": "Button", "disabled": False},
    "off": {"component": "Button", "disabled": True},
    "speed": {"component": "Slider", "min": 0, "max": 10, "value": 0},
    "zone": {"component": "Select", "options": ["north", 1], "value": "north"},
    "name": {"component": "TextInput", "max_length": 5, "value": ""},
    "title": {"component": "Text", "text": "x"},
}


async def ready(deck: Any) -> None:
    files = deck.write(slow=(3600.0, 20.0), press=(0.0, 1.0), change=(0.0, 1.0))
    inputs = {"press": ["go"], "change": ["speed", "name"]}
    files.more = {hook: {"every": None, "inputs": ids} for hook, ids in inputs.items()}
    await deck.start_hub()
    await asyncio.sleep(30)
    for id, state in STATES.items():
        deck.board.publish(join("script", "s", "panel", id), [["set", field, value] for field, value in state.items()])


async def use(deck: Any, component: str, value: Any = None, by: str = "ada") -> Any:
    return await deck.service.answer("script/s", "input", {"component": component, "value": value}, by)


def panel(deck: Any, id: str) -> Any:
    return deck.board.state(join("script", "s", "panel", id)).values


def test_a_press_is_a_run_with_its_cause_and_who_did_it(play: Any) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        assert deck.hook("change")["text"] == "on speed, name"
        (run,) = (await use(deck, "go"))["runs"]
        await asyncio.sleep(3)
        values = deck.service.runs.values(run)
        assert (values["state"], values["hook"], values["cause"], values["by"]) == ("done", "press", "input", "ada")
        assert values["args"] == {"component": "go", "value": None}
        assert next(iter(deck.workers.values())).told == []

    play(history)


def test_a_value_is_kept_and_told_to_the_worker_at_once(play: Any) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        assert (await use(deck, "zone", 1))["runs"] == []
        assert panel(deck, "zone")["value"] == 1
        await use(deck, "speed", 7.5)
        await asyncio.sleep(3)
        assert panel(deck, "speed")["value"] == 7.5
        assert next(iter(deck.workers.values())).told == [("zone", 1), ("speed", 7.5)]
        assert deck.ran[-1] == ("s", "change")

    play(history)


def test_while_it_waits_the_newest_value_counts_and_a_button_is_refused(play: Any) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        await deck.service.answer("script/s", "trigger", {"hook": "slow"}, "ada")
        await asyncio.sleep(1)
        before = len(deck.ran)
        (first,) = (await use(deck, "speed", 1))["runs"]
        assert (await use(deck, "speed", 2, "bob"))["runs"] == [first]
        assert (await use(deck, "name", "abc", "eve"))["runs"] == [first]
        await use(deck, "go")
        with pytest.raises(ScriptError, match="'go' was pressed already, press waits for its turn") as caught:
            await use(deck, "go")
        assert caught.value.code == "conflict"
        assert panel(deck, "speed")["value"] == 2
        await asyncio.sleep(30)
        assert deck.ran[before:] == [("s", "change"), ("s", "press")]
        run = deck.service.runs.values(first)
        assert (run["args"], run["by"]) == ({"component": "name", "value": "abc"}, "eve")

    play(history)


def test_a_run_by_hand_that_waits_keeps_its_own_arguments(play: Any) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        await deck.service.answer("script/s", "trigger", {"hook": "slow"}, "ada")
        run = (await deck.service.answer("script/s", "trigger", {"hook": "change", "args": {"k": 1}}, "ada"))["run"]
        assert (await use(deck, "speed", 3))["runs"] == [run]
        assert deck.service.runs.values(run)["args"] == {"k": 1}

    play(history)


@pytest.mark.parametrize(
    ("component", "value", "words"),
    [
        ("none", 1, "there is no 'none'"),
        ("title", "x", "'title' is a Text"),
        ("off", None, "'off' is switched off"),
        ("zone", "south", "cannot be 'south'"),
        ("zone", True, "cannot be True"),
        ("speed", 11, "cannot be 11"),
        ("speed", "5", "cannot be '5'"),
        ("speed", True, "cannot be True"),
        ("name", "abcdef", "cannot be 'abcdef'"),
        ("name", 5, "cannot be 5"),
    ],
)
def test_what_an_input_cannot_have_is_refused(play: Any, component: str, value: Any, words: str) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        before = len(deck.ran)
        with pytest.raises(ScriptError, match=words) as caught:
            await use(deck, component, value)
        assert caught.value.code == "bad-args"
        assert caught.value.hint
        await asyncio.sleep(3)
        assert len(deck.ran) == before

    play(history)


def test_a_button_that_nobody_listens_to_says_so(play: Any) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        deck.board.publish("script/s/panel/lone", [["set", "component", "Button"]])
        with pytest.raises(ScriptError, match="nothing happens when 'lone' is pressed") as caught:
            await use(deck, "lone")
        assert "@hooks.on" in caught.value.hint

    play(history)


def test_run_it_means_no_hook_that_only_inputs_call(play: Any) -> None:
    async def history(deck: Any) -> None:
        await ready(deck)
        run = (await deck.service.answer("script/s", "trigger", {}, "ada"))["run"]
        assert deck.service.runs.values(run)["hook"] == "slow"

    play(history)
