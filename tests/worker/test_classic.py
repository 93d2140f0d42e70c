"""The classic demos, as decks of both forms: they show the same, with the same layout."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import psutil
import pytest

CLASSIC = Path(__file__).parents[2] / "examples" / "classic"
FORMS = ["panel", "class"]
COLOURS = ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]
pytestmark = pytest.mark.parametrize("form", FORMS)


@pytest.fixture
def demo(deck, form):
    """Loads a demo of the form and runs its setup, if it has one."""

    def demo(name):
        source = CLASSIC / form / "scripts" / (name if form == "panel" else f"{name}.py")
        if form == "panel":
            shutil.copytree(source, deck.folder, dirs_exist_ok=True)
        else:
            deck.worker._path = str(shutil.copy(source, deck.folder.parent))
        result = deck.load()
        assert result["form"] == form
        if result["setup"]:
            assert deck.run("setup", "setup")["state"] == "done"
        return result

    return demo


def run(deck, hook, times):
    for number in range(times):
        ended = deck.run(hook, f"{hook}{number}")
        assert ended["state"] == "done", ended.get("traceback")


def test_demo_grid(deck, demo, form):
    result = demo("demo_grid")

    def col(size, *children):
        return {"type": "Col", "props": {"md": size}, "children": list(children)}

    def row(*children):
        return {"type": "Row", "children": list(children)}

    assert result["grid"] == {
        "type": "Grid",
        "children": [
            row(
                col(
                    4,
                    row(col(12, {"type": "Statistic", "id": "stat1"}), col(12, {"type": "Statistic", "id": "stat2"})),
                ),
                col(8, {"type": "LineChart", "id": "line_chart"}),
            ),
            row(col(8, {"type": "BarChart", "id": "bar_chart"}), col(4, {"type": "Table", "id": "table"})),
        ],
    }
    run(deck, "update", 12)
    assert [bar[0] for bar in deck.panel("bar_chart")["bars"].values()] == COLOURS
    assert (deck.panel("line_chart")["min_y"], deck.panel("line_chart")["max_y"]) == (0, 20)
    assert deck.panel("table")["headers"] == ["Time", "Value"]
    assert len(deck.panel("table")["rows"]) == 10
    assert all(isinstance(cell, str) for cell in deck.panel("table")["rows"][0])
    assert 0 <= deck.panel("stat1")["value"] <= 100
    assert len(deck.panel("line_chart")["points"]) == 12


def test_demo_charts(deck, demo, form):
    demo("demo_charts")
    run(deck, "loop", 60)
    assert [point[0] for point in deck.panel("basic_chart")["points"]] == list(range(40, 60))
    assert len(deck.panel("multiple_chart")["points"]) == 50
    assert all(len(point) == 6 for point in deck.panel("multiple_chart")["points"])
    assert deck.panel("multiple_chart")["x_scale"] == "time"
    assert deck.panel("bar_chart")["description"] == "Usage"
    assert [bar[0] for bar in deck.panel("bar_chart")["bars"].values()] == COLOURS
    assert deck.kept["count" if form == "panel" else "self.count"] == "60"


def test_demo_hooks(deck, demo, form):
    hooks = {hook["name"]: hook["every"] for hook in demo("demo_hooks")["hooks"]}
    assert hooks == {"update_seconds": 1_000_000, "update_minutes": 60_000_000}
    assert deck.hub.state("run/setup")["tail"][0][1:] == ["O", "Hello"]
    run(deck, "update_seconds", 61)
    run(deck, "update_minutes", 1)
    assert (deck.panel("secs")["value"], deck.panel("mins")["value"]) == (1, 1)
    assert (deck.panel("secs")["unit"], deck.panel("mins")["unit"]) == ("secs", "mins")


def test_demo_random(deck, demo, form):
    demo("demo_random")
    random.seed(1)
    run(deck, "loop", 1)
    assert deck.panel("hello_text")["text"] == "This outputs random numbers"
    assert deck.panel("random_text")["text"] == "17"


def test_system(deck, demo, form, monkeypatch):
    demo("system")
    shares = psutil.cpu_percent(percpu=True)
    # The demo measures for a tenth of a second.
    monkeypatch.setattr(psutil, "cpu_percent", lambda interval, percpu: shares)
    run(deck, "update_cpu", 1)
    run(deck, "update_mem", 1)
    labels = [looks["label"] for looks in deck.panel("cpu_chart")["datasets"]]
    assert labels == [f"CPU {number}" for number in range(psutil.cpu_count())]
    assert deck.panel("mem_chart")["datasets"][0]["color"] == "red"
    assert deck.panel("mem_chart")["max_y"] == pytest.approx(psutil.virtual_memory().total / 2**30)
    assert deck.panel("cpu_title")["text"] == "### CPU"
    assert deck.panel("cpu_text")["text"].startswith("#### ")
    assert 0 <= deck.panel("mem_bar")["value"] <= 100
    bar = deck.panel("mem_bar")
    assert (bar["style"], bar["striped"], bar["animated"]) == ("danger", True, True)
    assert len(deck.panel("cpu_chart")["points"][0]) == 1 + psutil.cpu_count()
