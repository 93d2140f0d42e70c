"""Kinds of other distributions: what is taken, and what is left out with the reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from quarterdeck.hub.peers import producer, worker
from quarterdeck.kinds import Keep, Kind, Page, Shown, all_kinds, kind_of, register, registry
from quarterdeck.kinds.installed import GROUP, bring
from quarterdeck.store.memory import MemoryStore

BOAT = Kind("boat", "boat/*", {"speed": ("series", 0.1)}, ("name", "seen"), produced=True, page=Page("Boats"))


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(registry, "_roots", dict(registry._roots))
    monkeypatch.setattr(registry, "_of_topic", {})


@pytest.fixture
def boats() -> Iterator[ModuleType]:
    made = sys.modules["boats"] = ModuleType("boats")
    yield made
    del sys.modules["boats"]


def point(target: str) -> EntryPoint:
    return EntryPoint("boat", f"boats:{target}", GROUP)


def test_an_entry_point_brings_a_kind_or_several(boats: Any) -> None:
    boats.LAKE, boats.FLEET = Kind("lake", "lake/*"), [BOAT, Kind("buoy", "boat/*/buoy/*", produced=True)]
    assert bring(point("LAKE")).kinds == ("lake",)
    assert bring(point("FLEET")).kinds == ("boat", "buoy")
    found = kind_of("boat/anna/buoy/1")
    assert found is not None
    assert found.name == "buoy"


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("NONE", "AttributeError"),
        ("TEXT", "boats:TEXT is no quarterdeck.kinds.Kind, but str"),
        ("TAKEN", "the kind 'run' exists already"),
        ("FOREIGN", "the topics 'script' are another kind's"),
        ("WRITTEN", "the topics 'job' are another kind's"),
        ("LATER", "cannot have the topics 'pipeline'"),
        ("MIXED", "shares the topics 'boat' with 'buoy', which only the hub writes"),
        ("ALL", "cannot have the topics '*'"),
        ("ORDER", "has no column 'speed'"),
        ("KEEP", "has no column 'age'"),
        ("TYPED", "has the column 'speed', which is no scalar"),
    ],
)
def test_what_cannot_be_is_left_out_and_says_why(boats: Any, target: str, fault: str) -> None:
    boats.TEXT = "boat"
    boats.TAKEN = Kind("run", "boat/*")
    boats.FOREIGN = Kind("boat", "script/*/boat", produced=True)
    boats.WRITTEN = Kind("boat", "job/*", produced=True)
    boats.LATER = Kind("boat", "pipeline/*", produced=True)
    boats.MIXED = [Kind("buoy", "boat/*/buoy/*"), BOAT]
    boats.ALL = Kind("boat", "*/boat")
    boats.ORDER = Kind("boat", "boat/*", columns=("name",), orders=(("name", "speed"),))
    boats.KEEP = Kind("boat", "boat/*", columns=("name",), keep=Keep("age", days=1))
    boats.TYPED = Kind("boat", "boat/*", {"speed": ("series", 1)}, ("speed",))
    before = all_kinds()
    left = bring(point(target))
    assert fault in left.fault
    assert [kind.name for kind in all_kinds() if kind not in before] == list(left.kinds)


def test_a_form_or_tone_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(ValueError, match="there are text, number, percent, bytes, time, duration, state"):
        Shown("Speed", "knots")
    with pytest.raises(ValueError, match="there are done, running, waiting, warn, failed, off"):
        Shown("State", "state", tones={"sunk": "red"})


def test_programs_and_scripts_write_what_the_kind_lets_them() -> None:
    register(BOAT)
    register(Kind("harbour", "harbour/*"))
    store = MemoryStore(all_kinds())
    states = type("States", (), {"state": lambda self, topic: store.load(topic)})()
    for rights in (producer("p"), worker("s")):
        assert rights.may_patch("boat/anna", states)
        assert rights.may_watch("boat/anna")
        assert not rights.may_patch("boat/anna/deck", states), "the family is the kind's"
        assert not rights.may_patch("harbour/kiel", states)
        assert not rights.may_patch("script/other", states)
