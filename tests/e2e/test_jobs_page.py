"""Jobs in the browser: a program's bars move without a reload, and what died says of what."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.e2e.conftest import stand_still
from tests.e2e.producers.programs import bring

PROGRAM = """
import time
from quarterdeck.progress import track
for epoch in track(range(2), "epochs"):
    for row in track(range(200), "rows"):
        time.sleep(0.01)
        if epoch == 1 and row == 20:
            input()
            raise ValueError("row 20 is bad")
"""


def environment_of(hub: Any, folder: Path) -> dict[str, str]:
    """What a program finds the hub by."""
    token = folder / "token"
    if not token.exists():
        made = hub.command("token", "new", "program", "--scope", "producer")
        assert made.returncode == 0, made.stderr
        token.write_text(made.stdout.strip())
    return {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        "XDG_STATE_HOME": str(folder / "producer"),
        "QUARTERDECK_URL": hub.url,
        "QUARTERDECK_TOKEN": token.read_text(),
    }


def start(hub: Any, folder: Path) -> subprocess.Popen[bytes]:
    """A program that reports to the hub, and dies when it is let."""
    path = folder / "train.py"
    path.write_text(PROGRAM)
    return subprocess.Popen(
        [sys.executable, str(path)],
        env=environment_of(hub, folder),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def let_die(program: subprocess.Popen[bytes], hub: Any, folder: Path) -> None:
    """Now the program of ``start`` may."""
    program.communicate(b"\n", timeout=60)
    assert program.returncode == 1
    bring(environment_of(hub, folder))


def clean(page: Page) -> None:
    """Axe finds nothing, and nothing scrolls sideways."""
    stand_still(page)
    violations = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_program_is_followed_to_its_end(sample: Any, page: Page, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sample.start()
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"{sample.url}/jobs")
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    clean(page)

    program = start(sample, tmp_path)
    row = page.get_by_role("progressbar", name="rows").first
    expect(row).to_be_visible()
    for least in (10, 40):
        page.wait_for_function(
            "least => Number(document.querySelector('[role=progressbar][aria-label=rows]')?.ariaValueNow) > least",
            arg=least,
        )
    expect(page.get_by_role("progressbar", name="epochs")).to_have_attribute("aria-valuenow", "50")
    clean(page)
    let_die(program, sample, tmp_path)
    # Who watched it goes on seeing it; it stands in the list of all as well.
    card = page.get_by_role("region", name="train.py")
    expect(card.get_by_text("row 20 is bad")).to_be_visible()
    expect(card.locator(".status.is-failed")).to_have_count(3)
    expect(page.get_by_role("region", name="All programs").locator("tr.is-failed-row")).to_have_count(1)

    page.get_by_role("link", name="rows").last.click()
    expect(page.get_by_role("heading", name="rows")).to_be_visible()
    expect(page.get_by_role("region", name="Traceback")).to_contain_text("ValueError: row 20 is bad")
    expect(page.locator(".ln.hit")).to_contain_text('track(range(200), "rows")')
    clean(page)

    # Whoever looks at the deck is told, until the program has gone well.
    page.goto(sample.url)
    alarm = page.get_by_role("region", name="Needs attention").get_by_role("listitem").filter(has_text="train.py")
    expect(alarm).to_contain_text("ValueError: row 20 is bad")
    name = "Jobs 1 program failed or lost, and not gone well since"
    mark = page.get_by_role("navigation", name="Deck").get_by_role("link", name=name, exact=True)
    expect(mark).to_have_count(1)
    clean(page)
    (tmp_path / "train.py").write_text("from quarterdeck.progress import track\nfor _ in track(range(3)): pass\n")
    subprocess.run([sys.executable, str(tmp_path / "train.py")], env=environment_of(sample, tmp_path), check=True)
    bring(environment_of(sample, tmp_path))
    expect(alarm).to_have_count(0)
    expect(mark).to_have_count(0)


LOOPING = """
import time
import quarterdeck as qd
from quarterdeck.components import Text
from quarterdeck.grid import Grid
from quarterdeck.progress import track

class Looping(qd.Script):
    @qd.hooks.setup
    def begin(self):
        for row in track(range(300), "rows of the run"):
            time.sleep(0.01)

    def render(self):
        return Grid(Text("text"))
"""


def test_the_loop_of_a_script_has_its_bar_on_the_page_of_its_run(sample: Any, page: Page) -> None:
    (sample.deck / "scripts" / "looping.py").write_text(LOOPING)
    sample.start()
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"{sample.url}/scripts/looping/runs")
    page.locator("tr[data-row] a").first.click()
    bar = page.get_by_role("progressbar", name="rows of the run")
    expect(bar).to_be_visible()
    expect(bar).to_have_attribute("aria-valuenow", "100")
    page.get_by_role("link", name="rows of the run").click()
    expect(page.get_by_text("took")).to_be_visible()
    page.locator(".facts a[href^='/runs/']").click()
    expect(page.get_by_role("heading", name="Run of looping")).to_be_visible()
