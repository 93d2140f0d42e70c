"""The documented sample, as a new user sees it; and nothing lost when the hub is killed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.e2e.conftest import stand_still

from quarterdeck.kinds import all_kinds
from quarterdeck.store.query import parse_query
from quarterdeck.store.sqlite import SqliteStore

SLOW = """\
import time
from datetime import timedelta

import quarterdeck as qd


@qd.hooks.setup
def setup(panel):
    panel.store["count"] = 0


@qd.hooks.schedule(run_every=timedelta(seconds=3))
def work(panel):
    print("began")
    time.sleep(2)
    panel.store["count"] += 1
    panel.components["text"].text = f"finished {panel.store['count']}"
    print("finished")
"""


class Up(Protocol):
    deck: Path
    url: str
    link: str

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def stop(self) -> int: ...
    def command(self, *arguments: str) -> Any: ...


def log_in(page: Page, hub: Up) -> None:
    """Follow the printed link, and take a name."""
    page.goto(hub.link)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password", exact=True).fill("a long enough password")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(f"{hub.url}/")


def is_running(hub: Up, script: str) -> bool:
    """Whether the script runs now."""
    return bool(json.loads(hub.command("status", script, "--json").stdout)["state"] == "running")


def rows(page: Page) -> list[list[int]]:
    """The table's body, as it is shown."""
    texts = page.locator("table tbody tr").all_inner_texts()
    return [[int(cell) for cell in text.split()] for text in texts if text.strip()]


# Whether the newest row is newer than that.
NEWER = "least => Number(document.querySelector('table tbody tr td')?.innerText) > least"


def picture(page: Page) -> str:
    """What the chart has drawn."""
    return str(page.evaluate("document.querySelector('canvas').toDataURL()"))


def test_sample_moves_each_second(sample: Up, page: Page) -> None:
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/scripts/sample")
    text = page.get_by_text(re.compile(r"The current value is: \d+"))
    expect(text).to_be_visible()
    expect(page.locator("table tbody tr")).to_have_count(10)
    seen = [(text.inner_text(), rows(page))]
    for _ in range(3):
        drawn = picture(page)
        page.wait_for_function(NEWER, arg=seen[-1][1][0][0])  # a row comes each second, the newest on top
        page.wait_for_function("drawn => document.querySelector('canvas').toDataURL() !== drawn", arg=drawn)
        seen.append((text.inner_text(), rows(page)))
    for said, table in seen:
        assert [row[0] for row in table] == list(range(table[0][0], table[0][0] - 10, -1))
        assert re.fullmatch(r"The current value is: \d+", said)
    assert sample.stop() == 0


LABELS = """
for (const [name, note] of [["clearRect", () => []], ["fillText", text => [...labels, text]]]) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...said) {
    window.labels = note(said[0]);
    return draw.apply(this, said);
  };
}
window.labels = [];
"""
LABELLED = "() => labels.includes(document.querySelector('table tbody td').innerText)"


def test_the_labels_of_a_full_chart_move_with_its_points(sample: Up, page: Page) -> None:
    page.add_init_script(LABELS)
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/scripts/sample")
    expect(page.locator("table tbody tr")).to_have_count(10)
    page.wait_for_timeout(1100)
    for _ in range(5):
        page.wait_for_timeout(1100)
        # If they stood still, the newest would never be among them again.
        page.wait_for_function(LABELLED)


def test_nothing_is_lost_when_the_hub_is_killed_in_mid_run(sample: Up, page: Page) -> None:
    slow = sample.deck / "scripts" / "slow"
    slow.mkdir()
    (slow / "layout.html").write_text('<Grid><Row><Col md=12><Text id="text" /></Col></Row></Grid>')
    (slow / "slow.py").write_text(SLOW)
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/scripts/sample")
    expect(page.locator("table tbody tr")).to_have_count(10)
    before = rows(page)
    looks = 0
    while not is_running(sample, "slow"):
        looks += 1
        assert looks < 100, sample.command("status", "slow").stdout
    sample.kill()
    expect(page.get_by_role("strong").get_by_text("Not connected to the hub.")).to_be_visible()
    page.wait_for_timeout(3000)
    sample.start()
    page.wait_for_function(NEWER, arg=before[0][0] + 5)
    table = rows(page)
    assert [row[0] for row in table] == list(range(table[0][0], table[0][0] - 10, -1))
    shared = {row[0]: row[1] for row in before}
    assert all(shared.get(count, value) == value for count, value in table)
    assert sample.stop() == 0
    kept = SqliteStore(sample.deck / ".quarterdeck" / "quarterdeck.db", all_kinds())
    try:
        for script, hook in (("sample", "update"), ("slow", "work")):
            runs = kept.topics(parse_query("run", where=[f"script = {script}", f"hook = {hook}"], limit=1000)).items
            # One that had to wait for its worker when the hub was ended waits for the next hub.
            states = [run.state.values["state"] for run in runs if run.state.values["state"] != "waiting"]
            assert len(runs) - len(states) <= 1
            store = kept.load(f"script/{script}/store")
            assert store is not None
            assert set(states) <= {"done"}, states
            assert len(states) == json.loads(store.values["values"]["count"])
    finally:
        kept.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(sample: Up, page: Page, theme: Any, width: int) -> None:
    (sample.deck / "scripts" / "broken.py").write_text("def setup(panel:\n")
    sample.start()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{sample.url}/login")
    expect(page.get_by_label("Name")).to_be_visible()
    axe = Axe()
    assert problems(axe, page) == []
    log_in(page, sample)
    run = sample.command("trigger", "sample").stdout.strip()
    script = "/scripts/sample"
    paths = ("/", "/scripts", script, f"{script}/runs", f"{script}/log", f"/runs/{run}", "/scripts/broken")
    for path in (*paths, "/settings", "/settings/hub", "/settings/appearance", "/nowhere"):
        page.goto(sample.url + path)
        expect(page.locator("main h1").first).to_be_visible()
        assert problems(axe, page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"


def test_one_gets_everywhere_by_the_keyboard(sample: Up, page: Page) -> None:
    sample.start()
    log_in(page, sample)
    focused = page.locator(":focus")
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Scripts", exact=True)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Filter scripts")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(focused).to_have_text("sample")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="sample", exact=True)).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    # A newer run may have come on top meanwhile: which row it is does not matter.
    expect(page.locator("tr[data-row] a:focus")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Run of sample")).to_be_focused()


def problems(axe: Axe, page: Page) -> list[str]:
    """What axe finds, a line each."""
    stand_still(page)
    found = axe.run(page).response["violations"]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html']}" for each in found]
