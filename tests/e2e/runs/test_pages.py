"""A run that failed, its source, two runs beside each other, pauses, and what schedules will start."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.e2e.conftest import PATIENCE
from tests.e2e.runs.conftest import PARSE, trigger
from tests.e2e.test_sample import is_running, problems

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.e2e.test_sample import Up


def test_from_a_failed_run_to_its_line_its_last_good_run_and_back(deck: Up, page: Page) -> None:
    good = trigger(deck, "days=5")
    bad = trigger(deck, "days=13")
    page.goto(f"{deck.url}/runs/{bad}")
    expect(page.get_by_text("It is tried again in")).to_contain_text("as attempt 2 of 3.")
    trace = page.get_by_role("region", name="Traceback")
    expect(trace.get_by_text("RuntimeError: thirteen days").first).to_be_visible()
    assert trace.bounding_box() is not None
    assert trace.bounding_box()["y"] < 300, "the cause is the first thing that is seen"
    trace.get_by_role("link", name="Open parse.py").click()
    expect(page).to_have_url(f"{deck.url}/scripts/archive/source/parse.py%3A4")
    hit = page.locator(".code .hit")
    expect(hit).to_contain_text('raise RuntimeError("thirteen days")')
    expect(hit).to_be_in_viewport()
    (deck.deck / "scripts" / "archive" / "parse.py").write_text(f"import math\n\n{PARSE}")
    expect(
        page.get_by_text("The file has changed since the run that failed at line 4: that line is 6 now.")
    ).to_be_visible()
    expect(page.locator('.code .hit [href$="parse.py%3A6"]')).to_have_count(1)
    page.goto(f"{deck.url}/runs/{bad}")
    expect(page.get_by_text("The script's files have changed since.")).to_be_visible()
    expect(page.get_by_role("region", name="How long it takes")).to_contain_text("2 runs of clean")
    page.get_by_role("link", name="Compare").click()
    expect(page).to_have_url(f"{deck.url}/runs/{bad}/with/{good}")
    expect(page.get_by_role("row", name="Argument days")).to_contain_text(re.compile("13.*5"))
    expect(page.get_by_role("row", name="State")).to_contain_text(re.compile("Failed.*Done"))
    expect(page.get_by_role("row", name="Files")).to_have_count(0)
    page.get_by_label("Only what differs").uncheck()
    expect(page.get_by_role("row", name="Files")).to_contain_text("the same files")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{deck.url}/runs/{bad}")


def test_who_pauses_a_script_is_named_until_somebody_resumes_it(deck: Up, page: Page) -> None:
    page.goto(f"{deck.url}/scripts/sample")
    expect(page.get_by_text("Next in")).to_be_visible()
    page.goto(f"{deck.url}/scripts/sample/hooks")
    page.get_by_role("button", name="Pause script").click()
    expect(page.get_by_text("This script is paused.")).to_be_visible()
    expect(page.get_by_text("Next in")).to_have_count(0)
    until = time.monotonic() + PATIENCE
    while is_running(deck, "sample"):  # a run that had begun
        assert time.monotonic() < until, deck.command("status", "sample").stdout
    paused = json.loads(deck.command("status", "sample", "--json").stdout)
    assert paused["paused"]["*"]["by"] == "ada"
    deck.kill()
    deck.start()
    page.goto(deck.url)
    card = page.get_by_role("region", name="Paused")
    expect(card).to_contain_text(re.compile("sample.*Paused .* by ada", re.DOTALL))
    page.wait_for_timeout(2_500)
    assert json.loads(deck.command("status", "sample", "--json").stdout)["runs"] == paused["runs"]
    card.get_by_role("button", name="Resume").click()
    expect(card).to_have_count(0)
    page.goto(f"{deck.url}/scripts/sample")
    expect(page.get_by_text("Next in")).to_be_visible()
    events = json.loads(deck.command("status", "sample", "--json").stdout)
    assert events["paused"] == {}


def test_what_schedules_will_start_is_shown_and_follows_a_pause(deck: Up, page: Page) -> None:
    page.goto(f"{deck.url}/schedules")
    line = page.get_by_role("region", name="Time line")
    expect(line.locator(".lane")).to_have_count(3)
    expect(line.locator(".lane", has_text="sweep").locator(".mark-next")).to_have_count(8)
    comes = page.get_by_role("region", name="What comes")
    expect(comes.get_by_role("row", name="archive sweep")).to_have_count(8)
    expect(comes).to_contain_text("Too often to be listed: sample update.")
    page.keyboard.press("]")
    expect(page).to_have_url(f"{deck.url}/schedules?span=day")
    expect(line.locator(".lane", has_text="clean").locator(".mark-next")).to_have_count(1)
    assert deck.command("pause", "archive", "--hook", "clean").returncode == 0
    expect(line.locator(".lane", has_text="clean")).to_contain_text("by command line")
    expect(line.locator(".lane", has_text="clean").locator(".mark-next")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(deck: Up, page: Page, theme: Any, width: int) -> None:
    good, bad = trigger(deck, "days=5"), trigger(deck, "days=13")
    deck.command("pause", "archive", "--hook", "sweep")
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    axe = Axe()
    script = (f"/scripts/archive/hooks/clean/{bad}", "/scripts/archive/source/main.py%3A3")
    for path in ("/", *script, f"/runs/{bad}", f"/runs/{bad}/with/{good}", "/schedules?span=week"):
        page.goto(deck.url + path)
        expect(page.locator("main h1").first).to_be_visible()
        assert problems(axe, page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
