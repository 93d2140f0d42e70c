"""The pages of a service that has answered for days: what changed, when requests come, latency, versions, callers."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.services.history import ENDPOINTS, SLOWER, tell
from tests.e2e.test_jobs_page import clean

BELOW_EACH_OTHER = """() => {
  const [above, below] = [...document.querySelectorAll('figure.chart')].map((one) => one.getBoundingClientRect());
  return below && above.bottom <= below.top;
}"""


@pytest.fixture
def shop(sample: Any, page: Page) -> Any:
    """A hub that knows the history, and a page that is logged in."""
    sample.start()
    made = sample.command("token", "new", "history", "--scope", "producer")
    tell(sample.url, made.stdout.strip())
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    return sample


def look_at_what_is_under_way(shop: Any, page: Page) -> None:
    """The last step is there, and is said to be no whole one; no chart lies over another."""
    page.goto(f"{shop.url}/services/shop?span=week")
    lately = page.get_by_role("figure").filter(has_text="Requests, per 1 h")
    expect(lately.locator("canvas")).to_be_visible()
    lately.get_by_role("img").press("ArrowLeft")
    expect(lately.locator(".tip")).to_contain_text(", so far")
    page.goto(f"{shop.url}/services/shop/traffic?span=week")
    days = page.get_by_role("figure").filter(has_text="Requests a day, by endpoint")
    days.get_by_role("img").press("ArrowLeft")
    expect(days.get_by_text("requests so far")).to_be_visible()
    page.wait_for_function(BELOW_EACH_OTHER)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_what_became_slow_and_since_when(shop: Any, page: Page, width: int, theme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{shop.url}/services")
    expect(page.locator("svg.spark")).to_have_attribute("aria-label", re.compile("in the last hour, at most [1-9]"))
    page.goto(f"{shop.url}/services/shop?span=hour")
    changed = page.get_by_role("region", name="1 endpoint changed for the worse")
    expect(changed.get_by_role("link", name=SLOWER)).to_be_visible()
    expect(changed).to_contain_text("Slower")
    expect(changed).to_contain_text("since about")
    clean(page)

    page.goto(f"{shop.url}/services/shop/versions?span=week")
    compared = page.get_by_role("region", name="Compare")
    expect(compared.get_by_role("status")).to_have_text("1 endpoint worse, 0 better, 2 without a difference")
    expect(compared.get_by_role("row", name=SLOWER)).to_contain_text("p < 0.001")
    compared.get_by_role("button", name="Swap").click()
    expect(compared.get_by_role("row", name=SLOWER)).to_contain_text("Better")
    matrix = page.get_by_role("region", name="Endpoints by version")
    expect(matrix.get_by_role("columnheader", name="2.0.0")).to_be_visible()
    matrix.get_by_role("button", name="Share").click()
    expect(matrix.get_by_role("row", name=SLOWER)).to_contain_text("33.3 %")
    clean(page)

    look_at_what_is_under_way(shop, page)
    page.goto(f"{shop.url}/services/shop/traffic")
    expect(page.get_by_role("img", name="Requests by hour and day: 30 rows")).to_be_visible()
    clean(page)

    page.goto(f"{shop.url}/services/shop/latency")
    chosen = page.get_by_role("region", name="Endpoints in the chart")
    expect(chosen.get_by_text("3 of at most 8 chosen")).to_be_visible()
    chosen.get_by_role("checkbox", name=SLOWER).uncheck()
    expect(page.get_by_role("img", name="p95 by endpoint")).to_be_visible()
    expect(page.get_by_role("figure").get_by_text(SLOWER)).to_have_count(0)
    clean(page)


def test_for_whom_and_with_which_answers(shop: Any, page: Page) -> None:
    page.goto(f"{shop.url}/services/shop/users")
    users = page.get_by_role("region", name="Users")
    expect(users.get_by_role("row", name="ann")).to_contain_text("100 ms")
    names = users.locator("tbody th")
    expect(names).to_have_text(["ann", "bob"])
    users.get_by_role("button", name="Average").click()
    expect(names).to_have_text(["bob", "ann"])
    expect(page.get_by_role("heading", name="No addresses are known")).to_be_visible()
    clean(page)

    page.get_by_role("navigation", name="Views").get_by_role("link", name="Errors").click()
    codes = page.get_by_role("region", name="Status codes", exact=True)
    expect(codes.get_by_role("row", name="200 Success")).to_contain_text("100.0 %")
    by_endpoint = page.get_by_role("region", name="Status codes by endpoint")
    expect(by_endpoint.get_by_role("row", name=SLOWER)).to_contain_text("100 %")
    clean(page)
    by_endpoint.get_by_role("link", name=SLOWER).click()
    expect(page.get_by_role("heading", name=SLOWER)).to_be_visible()
    expect(page.get_by_role("img", name="Requests refused or failed")).to_be_visible()
    expect(page.get_by_label(f"Level of {SLOWER}")).to_have_value("1")
    page.get_by_label(f"Level of {SLOWER}").select_option("3")
    page.reload()
    expect(page.get_by_label(f"Level of {SLOWER}")).to_have_value("3")
    clean(page)


def test_endpoints_are_ordered_filtered_and_saved(shop: Any, page: Page, tmp_path: Path) -> None:
    page.goto(f"{shop.url}/services/shop?span=week")
    table = page.get_by_role("region", name="3 endpoints")
    names = table.locator("tbody th")
    table.get_by_role("button", name="p95", exact=True).click()
    expect(names.first).to_have_text(SLOWER)
    table.get_by_role("button", name="p95", exact=True).click()
    expect(names.first).to_have_text("GET /cart/<int:number>")
    table.get_by_role("button", name="POST", exact=True).click()
    expect(names).to_have_count(2)
    expect(table.get_by_text("1 hidden")).to_be_visible()
    page.reload()
    expect(names).to_have_count(2)
    for form in ("CSV", "JSON"):
        with page.expect_download() as downloaded:
            table.get_by_role("button", name=form).click()
        downloaded.value.save_as(tmp_path / form)
    rows = list(csv.DictReader((tmp_path / "CSV").read_text().splitlines()))
    assert [row["endpoint"] for row in rows] == ["GET /cart/<int:number>", "GET /search"]
    saved = json.loads((tmp_path / "JSON").read_text())
    assert [row["requests"] for row in saved] == [int(row["requests"]) for row in rows]
    assert set(ENDPOINTS) > {row["endpoint"] for row in saved}

    page.get_by_role("button", name="Export everything that is kept").click()
    with page.expect_download() as downloaded:
        page.get_by_role("menuitem", name="By day").click()
    assert downloaded.value.suggested_filename == "cells-day.csv"
    downloaded.value.save_as(tmp_path / "cells")
    cells = list(csv.DictReader((tmp_path / "cells").read_text().splitlines()))
    of_service = [int(cell["count"]) for cell in cells if cell["topic"] == "service/shop"]
    assert sum(of_service) == sum(int(cell["count"]) for cell in cells) / 3  # by endpoint, and by version, too
