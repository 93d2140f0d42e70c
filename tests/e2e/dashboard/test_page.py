"""A dashboard in the browser: its link leads to the jobs, and what a program died of outlives the program."""

from __future__ import annotations

import json
import signal
from typing import Any

from playwright.sync_api import Page, expect
from tests.e2e.dashboard.conftest import Dashboard

PROGRAM = """
import json, os, sys, time
from quarterdeck.dashboard import connect_to_dashboard
connect_to_dashboard(json.loads(sys.argv[1]))
from tqdm import tqdm

def work(row):
    time.sleep(0.01)
    if row == 30:
        raise ValueError("row 30 is bad")

for row in tqdm(range(100), desc="rows", file=open(os.devnull, "w")):
    work(row)
"""


def test_a_link_leads_to_the_jobs_and_each_dies_for_a_reason(home: Any, ports: range, page: Page) -> None:
    dashboard = Dashboard(home, "--port-range", f"{ports[0]}-{ports[-1] + 1}")
    page.goto(dashboard.link)
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    assert page.url == f"http://localhost:{dashboard.page}/jobs"
    assert home.program(PROGRAM, json.dumps(dashboard.port)).wait(60) == 1
    page.get_by_role("link", name="rows").first.click()
    expect(page.get_by_role("region", name="Traceback")).to_contain_text("ValueError: row 30 is bad")
    # The port of the programs has the same page; whoever is logged in at one port has to log in at the other.
    page.goto(f"http://localhost:{dashboard.port}/jobs")
    expect(page.get_by_label("Password")).to_be_visible()


# As mpire's documentation has it, with the line of the import changed.
DOCUMENTED = """
import sys, time
from mpire import WorkerPool
from quarterdeck.dashboard import connect_to_dashboard

def square(x):
    "The square of x."
    time.sleep(0.002)
    if x == int(sys.argv[2]):
        raise ValueError("that is too much")
    return x * x

connect_to_dashboard(int(sys.argv[1]))

with WorkerPool(4) as pool:
    pool.map(square, range(int(sys.argv[3])), progress_bar=True)
"""


def test_what_mpires_documentation_shows_is_seen(home: Any, ports: range, page: Page) -> None:
    dashboard = Dashboard(home, "--port-range", f"{ports[0]}-{ports[-1] + 1}")
    page.goto(dashboard.link)
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    port, never = str(dashboard.port), "-1"

    program = home.program(DOCUMENTED, port, never, "1000000")
    bar = page.get_by_role("progressbar", name="square")
    expect(bar).to_be_visible()
    page.get_by_role("link", name="square").first.click()
    expect(page.locator(".ln.hit")).to_contain_text("pool.map(square, range(int(sys.argv[3])), progress_bar=True)")
    expect(page.get_by_text("The square of x.")).to_be_visible()
    program.send_signal(signal.SIGINT)
    expect(page.get_by_text("Interrupted").first).to_be_visible()
    program.wait(60)

    assert home.program(DOCUMENTED, port, "30", "100").wait(60) == 1
    page.goto(f"http://localhost:{dashboard.page}/jobs")
    page.get_by_role("link", name="program.py").first.click()
    page.get_by_role("link", name="square").first.click()
    traceback = page.get_by_role("region", name="Traceback")
    expect(traceback).to_contain_text("ValueError: that is too much")
    expect(traceback).to_contain_text("in square")

    assert home.program(DOCUMENTED, port, never, "100").wait(60) == 0
    page.goto(f"http://localhost:{dashboard.page}/jobs")
    page.get_by_role("link", name="program.py").first.click()
    expect(bar.first).to_have_attribute("aria-valuenow", "100")
