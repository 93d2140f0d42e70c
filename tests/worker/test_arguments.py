"""Runs with arguments: what a hook takes is told, and what it is given is checked."""

from __future__ import annotations

import datetime
import json

import pytest

from quarterdeck.worker.arguments import Arguments

CLEAN = """
@every
def clean(panel, days: int = 30, *, ratio: float = 0.5, dry: bool = True, name: str = "all", where: dict | None = None):
    panel.store["got"] = [days, ratio, dry, name, where]
"""
SHAPED = """
import quarterdeck as qd
from datetime import timedelta
class Shaped(qd.Script):
    @qd.hooks.schedule(run_every=timedelta(days=1))
    def clean(self, days: int = 30):
        self.days = days

    @qd.hooks.schedule(run_every=timedelta(days=1))
    def plain(self):
        pass
"""


def test_the_signature_is_told(deck, head):
    deck.write(main=head + CLEAN)
    told = [("days", "int", 30), ("ratio", "float", 0.5), ("dry", "bool", True), ("name", "str", "all")]
    assert deck.load()["hooks"][0]["parameters"] == [
        *({"name": n, "annotation": a, "kind": a, "optional": False, "default": d} for n, a, d in told),
        {"name": "where", "annotation": "dict | None", "kind": "dict", "optional": True, "default": None},
    ]


CHOOSE = """
from __future__ import annotations
import datetime
from enum import Enum
from typing import Literal, Optional

class Mode(Enum):
    FAST = 1
    SAFE = 2

@every
def go(panel, mode: Mode = Mode.SAFE, size: Literal["s", "m", 3] = "m", day: datetime.date | None = None,
       at: datetime.time = datetime.time(9, 30), when: Optional[datetime.datetime] = None, some: int | str = 1,
       side: Literal["left", None] = None, other: Missing = 5):
    panel.store["got"] = [repr(each) for each in (mode, size, day, at, when, some, side, other)]
"""


def test_choices_days_and_times_are_told_and_become_what_they_are(deck, head):
    deck.write(main=CHOOSE.replace("@every", head + "@every", 1).replace(", other: Missing = 5", ", other=5"))
    told = {each["name"]: each for each in deck.load()["hooks"][0]["parameters"]}
    assert [(each["kind"], each["optional"], each["default"]) for each in told.values()] == [
        ("choice", False, "SAFE"),
        ("choice", False, "m"),
        ("date", True, None),
        ("time", False, "09:30:00"),
        ("datetime", True, None),
        ("any", False, 1),
        ("choice", True, None),
        ("any", True, 5),
    ]
    assert [told[name]["choices"] for name in ("mode", "size", "side")] == [["FAST", "SAFE"], ["s", "m", 3], ["left"]]
    run = deck.run("go", mode="FAST", size="3", day="2026-11-21", at="10:00", when="2026-11-21T09:30", some="x")
    assert run["state"] == "done", run
    assert json.loads(deck.kept["got"]) == [
        *("<Mode.FAST: 1>", "3", "datetime.date(2026, 11, 21)", "datetime.time(10, 0)"),
        *("datetime.datetime(2026, 11, 21, 9, 30)", "'x'", "None", "5"),
    ]
    for args, words in (
        ({"mode": "SLOW"}, "ValueError: the argument mode is 'SLOW'; give one of FAST, SAFE"),
        ({"day": "tomorrow"}, "the argument day is 'tomorrow'; give a day such as 2026-11-21 (datetime.date | None)"),
        ({"at": 5}, "the argument at is 5; give a time of day such as 09:30 (datetime.time)"),
    ):
        assert words in deck.run("go", f"r{next(iter(args))}", **args)["reason"]


def test_an_annotation_that_cannot_be_read_takes_what_comes():
    def hook(panel, size: Missing = 5, days: int = 3): ...  # noqa: F821

    told = [parameter.describe() for parameter in Arguments(hook, panel=True).parameters.values()]
    assert [(each["annotation"], each["kind"]) for each in told] == [("Missing", "any"), ("int", "int")]


def test_annotations_as_text_and_defaults_that_json_cannot_hold():
    def hook(panel, when: datetime.date | None = None, size=(1, 2), big="x" * 5000, **rest):
        pass

    told = [parameter.describe() for parameter in Arguments(hook, panel=True).parameters.values()]
    assert told[0] == {
        **{"name": "when", "annotation": "datetime.date | None", "kind": "date", "optional": True, "default": None}
    }
    assert told[1] == {"name": "size", "annotation": "", "kind": "any", "optional": True, "default": "(1, 2)"}
    assert len(told[2]["default"]) == 1000


@pytest.mark.parametrize(
    ("args", "got"),
    [
        ({}, '[30,0.5,true,"all",null]'),
        ({"days": 7, "where": {"a": 1}}, '[7,0.5,true,"all",{"a":1}]'),
        ({"days": "8", "ratio": "0.25", "dry": "off", "name": 5}, '[8,0.25,false,"5",null]'),
        ({"days": 9.0, "ratio": 1, "dry": False, "name": True, "where": None}, '[9,1.0,false,"true",null]'),
    ],
)
def test_arguments_become_what_their_annotations_say(deck, head, args, got):
    deck.write(main=head + CLEAN)
    deck.load()
    run = deck.run("clean", **args)
    assert run["state"] == "done", run
    assert deck.kept == {"got": got}


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"dais": 7}, "TypeError: clean has no argument 'dais'; did you mean 'days'?"),
        ({"zzz": 7}, "TypeError: clean has no argument 'zzz'; it takes days, ratio, dry, name, where"),
        ({"days": "many"}, "ValueError: the argument days is 'many'; give a whole number (int)"),
        ({"days": 1.5}, "ValueError: the argument days is 1.5; give a whole number (int)"),
        ({"days": True}, "ValueError: the argument days is True; give a whole number (int)"),
        ({"days": None}, "ValueError: the argument days is None; give a whole number (int)"),
        ({"ratio": "half"}, "ValueError: the argument ratio is 'half'; give a number (float)"),
        ({"dry": "maybe"}, "ValueError: the argument dry is 'maybe'; give true or false (bool)"),
        ({"where": [1]}, "ValueError: the argument where is [1]; give an object (dict | None)"),
    ],
)
def test_wrong_arguments_fail_before_the_hook_begins(deck, head, args, reason):
    deck.write(main=head + CLEAN)
    deck.load()
    run = deck.run("clean", **args)
    assert (run["state"], run["reason"]) == ("failed", reason)
    assert deck.kept == {}


def test_methods_take_arguments_too(deck):
    deck.write(main=SHAPED)
    (deck.folder / "layout.html").unlink()
    assert [len(hook["parameters"]) for hook in deck.load()["hooks"]] == [1, 0]
    assert deck.run("clean", days=3)["state"] == "done"
    assert deck.kept == {"self.days": "3"}
    run = deck.run("plain", "r2", days=3)
    assert run["reason"] == "TypeError: plain has no argument 'days'; it takes none"


def test_a_function_that_takes_only_the_panel_finds_them_there(deck, head):
    deck.write(main=head + "@every\ndef update(panel):\n    panel.store['args'] = panel.args\n")
    deck.load()
    deck.run(n=1)
    assert deck.kept == {"args": '{"n":1}'}


def test_a_parameter_without_a_default_could_not_be_given_by_a_schedule(deck, head):
    deck.write(main=head + "@every\ndef update(panel, n): ...\n")
    error = deck.broken()
    assert error["message"] == "the hook update needs a value for n whenever it is due"
    assert error["hint"] == "give it a default: n=..."
    assert (error["file"], error["line"]) == ("main.py", 5)


def test_an_input_gives_its_value_to_who_takes_it(deck):
    deck.write(
        main=SHAPED
        + """
    def __init__(self):
        self.speed = qd.components.Slider("speed")
        self.go = qd.components.Button("go")

    @qd.hooks.on("speed")
    def turn(self, value):
        self.seen = value

    @qd.hooks.on("go")
    def start(self):
        self.started = True

    def render(self):
        return qd.grid.Grid(self.speed, self.go)
"""
    )
    (deck.folder / "layout.html").unlink()
    deck.load()
    assert deck.run("turn", component="speed", value=5)["state"] == "done"
    assert deck.run("start", "r2", component="go", value=None)["state"] == "done"
    assert deck.kept == {"self.seen": "5", "self.started": "true"}
