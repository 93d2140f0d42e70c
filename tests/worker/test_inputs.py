"""Hooks of inputs in the worker: found, checked, and run with the newest value."""

from __future__ import annotations

import pytest

from quarterdeck.sdk.calls import Call

LAYOUT = "<Grid><Button id=go /><Slider id=speed /><TextInput id=name /><Text id=text /></Grid>"
MAIN = """
from quarterdeck import hooks

@hooks.on("speed")
@hooks.on("name")
def changed(panel):
    panel.components["text"].text = f"{panel.components['speed'].value} {panel.args}"

@hooks.on("go")
def pressed(panel):
    panel.components["text"].text = f"at {panel.components['speed'].value}"
"""


def put(deck, component, value):
    answers = []
    args = {"component": component, "value": value}
    deck.worker.take(Call({"id": "i", "topic": "script/sample", "name": "input", "args": args}, answers.append))
    assert answers == [{"t": "reply", "id": "i", "result": {}}]


def ready(deck, main=MAIN):
    deck.write(layout=LAYOUT, main=main)
    return deck.load()


def test_hooks_tell_which_inputs_call_them(deck):
    hooks = {hook["name"]: hook for hook in ready(deck)["hooks"]}
    assert hooks["changed"]["inputs"] == ["name", "speed"]
    assert (hooks["pressed"]["inputs"], hooks["pressed"]["kind"]) == (["go"], "input")
    assert "every" not in hooks["pressed"]


def test_a_run_has_the_value_and_the_arguments(deck):
    ready(deck)
    deck.run("changed", component="speed", value=7)
    assert deck.panel("text")["text"] == "7 {'component': 'speed', 'value': 7}"
    assert deck.panel("speed")["value"] == 7


def test_a_newer_value_than_that_of_the_run_counts(deck):
    ready(deck)
    put(deck, "speed", 8)
    deck.run("changed", component="speed", value=7)
    assert deck.panel("text")["text"].startswith("8 ")


def test_an_input_without_a_hook_has_its_value_in_every_run(deck):
    ready(deck)
    put(deck, "speed", 3)
    put(deck, "name", "Ada")
    deck.worker.take_inputs()
    assert deck.panel("name")["value"] == "Ada"
    deck.run("pressed", component="go", value=None)
    assert deck.panel("text")["text"] == "at 3"


def test_a_value_that_does_not_fit_any_more_is_left_out_and_logged(deck):
    ready(deck)
    put(deck, "speed", 500)
    put(deck, "gone", 1)
    deck.worker.take_inputs()
    assert deck.panel("speed")["value"] == 0
    assert deck.run("pressed")["state"] == "done"


def test_values_that_come_before_the_script_has_loaded_wait(deck):
    put(deck, "speed", 5)
    deck.worker.take_inputs()
    ready(deck)
    deck.run("pressed")
    assert deck.panel("text")["text"] == "at 5"


def test_a_new_worker_goes_on_with_the_values(deck):
    ready(deck)
    put(deck, "speed", 9)
    deck.worker.take_inputs()
    deck.new_worker()
    deck.load(setup=False, panel=deck.known())
    deck.run("pressed")
    assert deck.panel("text")["text"] == "at 9"


@pytest.mark.parametrize(
    ("id", "message", "hint"),
    [
        ("sped", "there is no 'sped'", "did you mean 'speed'?"),
        ("text", "'text' is a Text, no input", "go, speed, name"),
    ],
)
def test_a_hook_on_what_is_no_input_is_broken(deck, id, message, hint):
    deck.write(layout=LAYOUT, main=MAIN.replace('"go"', repr(id)))
    error = deck.broken()
    assert message in error["message"]
    assert hint in error["hint"]
    assert (error["file"], error["line"]) == ("main.py", 9)


def test_a_function_may_have_a_schedule_too(deck):
    more = "\nimport datetime\npressed = hooks.schedule(run_every=datetime.timedelta(seconds=5))(pressed)\n"
    hooks = {hook["name"]: hook for hook in ready(deck, MAIN + more)["hooks"]}
    assert (hooks["pressed"]["kind"], hooks["pressed"]["every"], hooks["pressed"]["inputs"]) == (
        "schedule",
        5_000_000,
        ["go"],
    )


def test_on_needs_ids():
    from quarterdeck import hooks

    for wrong in ((), (ready,), ("",)):
        with pytest.raises(TypeError, match=r"hooks\.on"):
            hooks.on(*wrong)
