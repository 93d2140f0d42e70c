"""A dashboard in the browser: its link leads to the jobs, and what a program died of outlives the program."""

from __future__ import annotations

import json
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
