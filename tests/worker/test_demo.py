"""The demo deck: each of its scripts loads, runs, and shows what it promises."""

from __future__ import annotations

import random
import shutil
import sysconfig
from pathlib import Path

import pytest

from quarterdeck.sdk.components import KINDS

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = EXAMPLES / "demo" / "scripts"


@pytest.fixture
def demo(deck):
    """Puts one script of the demo deck on the deck, and runs its setup."""

    def demo(name):
        shutil.copytree(SCRIPTS / name, deck.folder, dirs_exist_ok=True)
        result = deck.load()
        run = deck.run("setup", "setup")
        assert run["state"] == "done", run.get("traceback")
        return result

    return demo


def test_the_demo_has_its_five_scripts():
    assert sorted(path.name for path in SCRIPTS.iterdir()) == ["flaky", "gallery", "library", "machine", "sample"]


@pytest.mark.parametrize("file", ["layout.html", "sample.py"])
def test_the_sample_of_the_demo_is_the_documented_one(file):
    assert (SCRIPTS / "sample" / file).read_text() == (EXAMPLES / "sample/scripts/sample" / file).read_text()


def test_machine(deck, demo):
    assert [hook["name"] for hook in demo("machine")["hooks"]] == ["measure", "list_processes"]
    for tick in range(3):
        run = deck.run("measure", f"r{tick}")
        assert run["state"] == "done", run.get("traceback")
    assert deck.run("list_processes")["state"] == "done"
    assert "runs" in deck.panel("about")["text"]
    assert len(deck.panel("processors")["points"]) == 3
    assert all(0 <= share <= 100 for share in deck.panel("processors")["points"][-1][1:])
    assert deck.panel("memory")["value"] > 0
    assert [looks["label"] for looks in deck.panel("network")["datasets"]] == ["In", "Out"]
    assert len(deck.panel("busiest_processes")["rows"]) <= 8
    # The numbers of the machine stay out of the store: what is measured each second is not kept between workers.
    assert deck.kept == {}


@pytest.fixture
def small_library(tmp_path, monkeypatch):
    """Two packages stand for all of the standard library, which takes a second to look through."""
    library = Path(sysconfig.get_path("stdlib"))
    for package in ("email", "json"):
        shutil.copytree(library / package, tmp_path / "stdlib" / package)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "stdlib"))


@pytest.mark.long
def test_library(deck, demo, small_library):
    demo("library")
    for tick in range(2):
        run = deck.run("read_some", f"r{tick}")
        assert run["state"] == "done", run.get("traceback")
    assert 12 <= deck.panel("files")["value"] <= 16
    assert deck.panel("lines")["value"] > 500
    assert deck.panel("nodes")["value"] > deck.panel("lines")["value"]
    assert 0 < deck.panel("progress")["value"] < 100
    assert len(deck.panel("largest_files")["rows"]) == 10
    heights = [bar[1] for bar in deck.panel("packages")["bars"].values()]
    assert heights == sorted(heights, reverse=True)
    assert "standard library" in deck.panel("story")["text"]
    assert "files" in run["tail"][-1][2]


@pytest.mark.long
def test_library_begins_again_after_the_last_file(deck, demo, small_library):
    demo("library")
    deck.run("read_some")
    deck.worker._runner._script.store.values["at"] = 1_000_000
    deck.run("read_some", "r2")
    assert deck.panel("files")["value"] <= 8
    assert len(deck.panel("density")["points"]) <= 8


@pytest.mark.long
def test_gallery_shows_every_component(deck, demo, small_library):
    result = demo("gallery")
    kinds = {each["state"]["component"] for each in deck.known().values()}
    assert kinds == {kind.__name__ for kind in KINDS}
    assert {hook["name"] for hook in result["hooks"]} >= {"watch", "measure", "show_bars", "search"}
    assert deck.run("watch", "w")["state"] == "done"
    assert deck.run("look_at_disk", "d")["state"] == "done"
    for component, field in (("skyline", "image"), ("spread", "figure"), ("report", "file")):
        assert deck.panel(component)[field]["size"] > 200
    assert [name for name, _ in deck.panel("shares")["slices"]] == ["email", "json"]
    assert [row[0] for row in deck.panel("syntax")["rows"]] == ["email", "json"]
    assert len(deck.panel("shape")["points"]) > 20
    assert len(deck.panel("packages")["bars"]) == 2
    assert deck.panel("largest")["rows"][-1][0] == "email/_header_value_parser.py"
    assert [name for name, _ in deck.panel("disk")["slices"]] == ["Used", "Free"]


def test_flaky_delivers_and_fails(deck, demo, monkeypatch):
    demo("flaky")
    monkeypatch.setattr(random, "random", lambda: 1.0)
    assert deck.run("deliver", "good")["state"] == "done"
    monkeypatch.setattr(random, "random", lambda: 0.0)
    failed = deck.run("deliver", "bad")
    assert failed["state"] == "failed"
    assert failed["error"]["type"] == "parcels.AddressUnknown"
    assert "this demo fails on purpose" in failed["error"]["message"]
    assert {line[1] for line in failed["tail"]} >= {"O", "E"}
    assert [frame["file"] for frame in failed["frames"] if frame["own"]] == ["flaky.py", "parcels.py"]
    assert deck.kept["delivered"] == "1"
    assert "came back" in deck.panel("story")["text"]
    assert deck.run("take_stock", "stock")["state"] == "done"
    assert [point[1] for point in deck.panel("pace")["points"]] == [1]
    assert deck.kept["this_minute"] == "0"
