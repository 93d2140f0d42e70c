"""The example of a kind from another distribution: installed as a user does, seen in the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.e2e.conftest import ROOT, UpProcess

EXAMPLE = ROOT / "examples" / "kind"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the example was installed into."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, source / "kind", ignore=shutil.ignore_patterns(".quarterdeck", "__pycache__"))
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check", "--target", str(target)]
    command = [sys.executable, "-m", "pip", "install", *options, str(source / "kind")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": ""}, timeout=120)
    return target


@pytest.fixture
def deck(installed: Path, tmp_path: Path) -> Iterator[UpProcess]:
    shutil.copytree(EXAMPLE / "deck", tmp_path / "deck", ignore=shutil.ignore_patterns(".quarterdeck", "__pycache__"))
    process = UpProcess(tmp_path / "deck", tmp_path / "state")
    process._environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(installed)])
    yield process
    process.stop()


def test_a_kind_of_another_distribution_has_its_list_and_its_pages(deck: Any, page: Page) -> None:
    deck.start()
    assert "dataset of quarterdeck-datasets 0.1.0" in deck.command("doctor").stdout
    page.goto(deck.link)
    page.get_by_role("button", name="Later").click()
    page.get_by_role("link", name="Data sets").click()
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Sound")
    expect(page.get_by_role("row").nth(2)).to_contain_text("Doubtful")
    page.get_by_role("button", name="Rows").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("weather")
    page.get_by_role("searchbox").fill("pric")
    expect(page.get_by_role("row")).to_have_count(2)

    page.get_by_role("link", name="prices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("prices")
    expect(page.get_by_role("region", name="State")).to_contain_text("9.5 kB")
    expect(page.get_by_role("img", name="Rows: 1 point")).to_be_visible()
    expect(page.get_by_role("region", name="Columns")).to_contain_text("product")
    for address in ("/kinds/dataset", "/topics/dataset/prices"):
        page.goto(deck.url + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Day", exact=True).click()
    expect(page.get_by_role("img", name="Age of the newest row, s: 1 point")).to_be_visible()

    (deck.deck / "data" / "prices.csv").write_text("time,product\n")
    said = deck.command("trigger", "surveyor", "--wait")
    assert said.returncode == 0, said.stderr + said.stdout
    expect(page.get_by_role("region", name="State")).to_contain_text("there is no row")
    expect(page.get_by_role("region", name="Surveys")).to_contain_text("doubtful")


def test_a_kind_that_cannot_load_leaves_the_deck_as_it_is(deck: Any, installed: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(installed, broken)
    (broken / "quarterdeck_datasets" / "kind.py").write_text("raise RuntimeError('half a download')\n")
    deck._environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(broken)])
    deck.start()
    said = deck.command("doctor")
    assert said.returncode == 1
    assert "RuntimeError: half a download" in said.stdout
    assert "pip uninstall quarterdeck-datasets" in said.stdout
    assert deck.command("ls").returncode == 0
