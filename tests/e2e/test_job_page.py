"""The page of one job: stopped from there, what its program wrote, its workers; and one found among thousands."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.e2e.producers.programs import bring
from tests.e2e.test_jobs_page import clean, environment_of, let_die, start
from tests.e2e.test_sample import log_in
from tests.seed import seed_jobs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PRINTS = """
import time
from tqdm import tqdm
for number in tqdm(range(100_000), "rows"):
    print("line", number, flush=True)
    time.sleep(0.02)
"""
WIDE = """
import time
from quarterdeck.progress import tqdm
bars = [tqdm(total=1000, desc=f"bar {number:03}") for number in range(300)]
while True:
    for bar in bars:
        bar.update()
    time.sleep(0.1)
"""
PASSWORD = "a long enough password"
# Notes what the browser would show; a tab behind others draws no frames.
NOTES = """
window.told = [];
window.Notification = class {
  static permission = 'granted';
  static requestPermission = async () => 'granted';
  constructor(title, options) { window.told.push([title, options.body]); }
};
"""


def log_in_as_guest(hub: Any, browser: Browser) -> Page:
    made = hub.command("user", "add", "bo", "--role", "guest", given=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    guest = browser.new_context(base_url=hub.url).new_page()
    guest.goto("/login")
    guest.get_by_label("Name").fill("bo")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Log in").click()
    expect(guest.get_by_role("heading", name="Overview")).to_be_visible()
    return guest


def test_a_program_is_stopped_from_its_page_by_who_may(
    sample: Any, page: Page, chromium: Browser, tmp_path: Path
) -> None:
    sample.start()
    log_in(page, sample)
    (tmp_path / "prints.py").write_text(PRINTS)
    command = [sys.executable, "-m", "quarterdeck", "run", str(tmp_path / "prints.py")]
    program = subprocess.Popen(
        command, env=environment_of(sample, tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    page.goto(f"{sample.url}/jobs")
    card = page.get_by_role("region", name="prints.py")
    expect(card.get_by_role("button", name="Stop")).to_be_visible()
    card.get_by_role("link", name="prints.py").click()
    expect(page.locator(".log")).to_contain_text(re.compile("line \\d+"))
    clean(page)

    guest = log_in_as_guest(sample, chromium)
    guest.goto(page.url)
    expect(guest.locator(".log")).to_contain_text(re.compile("line \\d+"))
    expect(guest.get_by_role("button", name="Stop")).to_have_count(0)

    page.keyboard.press("x")
    dialog = page.get_by_role("dialog", name="Stop prints.py?")
    dialog.get_by_role("button", name="Let it run").click()
    page.get_by_role("button", name="Stop").click()
    dialog.get_by_role("button", name="Stop").click()
    assert program.wait(60) != 0
    bring(environment_of(sample, tmp_path))
    expect(page.locator(".head > .status")).to_have_text("Interrupted")
    expect(page.locator(".head .meta")).to_contain_text(re.compile(r"stopped by \w+"))
    expect(page.get_by_role("region", name="About it")).to_contain_text("somebody stopped it")
    expect(page.locator(".log")).to_contain_text("KeyboardInterrupt")
    expect(guest.locator(".head > .status")).to_have_text("Interrupted")
    guest.context.close()


def test_what_a_program_wrote_and_its_exit_code(sample: Any, page: Page, tmp_path: Path) -> None:
    sample.start()
    log_in(page, sample)
    (tmp_path / "quits.py").write_text("print('nothing to do')\nraise SystemExit(3)\n")
    command = [sys.executable, "-m", "quarterdeck", "run", str(tmp_path / "quits.py")]
    assert subprocess.run(command, env=environment_of(sample, tmp_path), timeout=60, check=False).returncode == 3
    bring(environment_of(sample, tmp_path))
    page.goto(f"{sample.url}/jobs?state=failed")
    page.get_by_role("link", name="quits.py").click()
    expect(page.locator(".head .meta")).to_contain_text("exit code 3")
    expect(page.locator(".log")).to_contain_text("nothing to do")
    expect(page.locator(".log")).to_contain_text("Ended")


def test_of_hundreds_of_bars_only_those_in_view_are_drawn(sample: Any, page: Page, tmp_path: Path) -> None:
    sample.start()
    log_in(page, sample)
    (tmp_path / "wide.py").write_text(WIDE)
    program = subprocess.Popen(
        [sys.executable, str(tmp_path / "wide.py")], env=environment_of(sample, tmp_path), stderr=subprocess.DEVNULL
    )
    page.goto(f"{sample.url}/jobs")
    card = page.get_by_role("region", name="wide.py")
    expect(card.get_by_role("progressbar")).to_have_count(12)
    card.get_by_role("link", name="288 more bars open").click()
    bars = page.get_by_role("table", name="Progress")
    expect(bars).to_have_attribute("aria-rowcount", "301")
    expect(bars.get_by_text("bar 000")).to_be_visible()
    assert bars.get_by_role("progressbar").count() < 60
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 100_000)
    last = bars.get_by_role("progressbar", name="bar 299")
    expect(last).to_be_in_viewport()
    before = int(last.get_attribute("aria-valuenow") or 0)
    page.wait_for_function(
        "before => Number(document.querySelector('[role=progressbar][aria-label=\"bar 299\"]').ariaValueNow) > before",
        arg=before,
    )
    program.terminate()
    program.wait(60)


def test_who_asked_is_told_of_the_end_also_behind_other_tabs(sample: Any, page: Page, tmp_path: Path) -> None:
    sample.start()
    log_in(page, sample)
    page.add_init_script(NOTES)
    program = start(sample, tmp_path)
    page.goto(f"{sample.url}/jobs")
    page.get_by_role("region", name="train.py").get_by_role("link", name="train.py").click()
    page.get_by_role("button", name="Tell me when it ends").click()
    expect(page.get_by_role("button", name="Will be told")).to_be_visible()
    page.get_by_role("link", name="Jobs", exact=True).first.click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    page.evaluate("() => { window.requestAnimationFrame = () => 0; }")
    let_die(program, sample, tmp_path)
    page.wait_for_function("() => window.told.length > 0", polling=100)
    assert page.evaluate("() => window.told") == [["train.py: Failed", "ValueError: row 20 is bad"]]


def test_the_workers_of_a_pool_and_its_longest_tasks(sample: Any, page: Page, tmp_path: Path) -> None:
    sample.start()
    log_in(page, sample)
    said = """{"t":"patch","topic":"job/pool","ops":[["set","role","bar"],["set","name","resize"],
      ["set","state","running"],["set","process","pool"],["set","program","pool"],["set","done",5],["set","total",9],
      ["set","workers",2],["set","started",1],
      ["put","insights",{"0":{"tasks":3,"start":0.1,"init":0,"waiting":0.4,"working":0.5,"exit":0}}],
      ["put","insights",{"1":{"tasks":2,"working":1}}],
      ["push","longest",[{"seconds":2.41,"args":null},{"seconds":1.5,"args":"scan_00731.tif"}],5]],"batch":1}"""
    request = urllib.request.Request(f"{sample.url}/api/frames?stream=pool&batch=1", said.replace("\n", "").encode())
    request.add_header("Authorization", f"Bearer {environment_of(sample, tmp_path)['QUARTERDECK_TOKEN']}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert b'"refused":[]' in answer.read().replace(b" ", b"")
    page.goto(f"{sample.url}/jobs/pool")
    workers = page.get_by_role("region", name="Workers")
    first = workers.get_by_role("row").nth(1)
    expect(first).to_contain_text(re.compile(r"0.*3.*500 ms"))
    expect(first.get_by_role("img")).to_have_attribute("aria-label", re.compile("Working 50.%, Waiting 40.%"))
    tasks = workers.get_by_role("listitem")
    expect(tasks).to_have_text([re.compile(r"2\.41 s.*hidden"), re.compile("scan_00731.tif")])
    expect(page.get_by_role("region", name="About it")).to_contain_text(re.compile("Workers.*2"))
    clean(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_program_among_thousands_is_found(sample: Any, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    seed_jobs(sample.deck, 5000)
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/jobs")
    rows = page.locator(".long [data-row]")
    expect(rows.first).to_contain_text("batch-04999.py")
    expect(page.get_by_text("5\u2009000 programs")).to_be_visible()
    assert rows.count() < 100
    search = page.get_by_role("searchbox")
    search.fill("batch-00017")
    expect(page).to_have_url(f"{sample.url}/jobs?q=batch-00017")
    expect(rows).to_have_count(1)
    search.fill("rows of 00017")
    expect(rows).to_have_text(re.compile("rows of 00017.*in batch-00017.py"))
    expect(page.get_by_text("1 job", exact=True)).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Failed").click()
    page.get_by_role("button", name="Lost").click()
    expect(page).to_have_url(f"{sample.url}/jobs?q=rows+of+00017&state=failed%2Clost")
    expect(page.get_by_role("heading", name="No jobs like that")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    rows.get_by_role("link").click()
    expect(page.get_by_role("heading", name="rows of 00017")).to_be_visible()
    expect(page.get_by_text("90 of 90 row")).to_be_visible()
