"""Lists of many runs in the browser: asked for by the address, live, and in place while new rows come."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.e2e.test_sample import Up, log_in
from tests.seed import seed

RUNS = 1500
TOP = """() => {
  const edge = document.querySelector('.long thead').getBoundingClientRect().bottom;
  const rows = [...document.querySelectorAll('.long [data-row]')];
  return rows.find((row) => row.getBoundingClientRect().bottom > edge + 1)?.innerText;
}"""


# Whether the count beside the filter says more than this.
MORE_RUNS = """least => {
  const said = document.querySelector('.filters .push')?.textContent ?? '';
  return Number(said.replace(/[^0-9]/g, '')) > least;
}"""


def number(page: Page) -> int:
    """How many there are, as it stands beside the filter."""
    said = page.locator(".filters .push")
    expect(said).to_have_text(re.compile(r"\d"))
    return int(re.sub(r"\D", "", said.inner_text()))


@pytest.fixture
def deck(sample: Up) -> Up:
    seed(sample.deck, RUNS, 5)
    sample.start()
    return sample


def rows(page: Page) -> Any:
    return page.locator(".long [data-row]")


def test_the_address_holds_what_is_asked_for(deck: Up, page: Page) -> None:
    log_in(page, deck)
    page.goto(f"{deck.url}/runs")
    expect(rows(page).first).to_contain_text("sample")
    page.get_by_role("button", name="Failed").click()
    expect(page).to_have_url(f"{deck.url}/runs?state=failed")
    expect(rows(page).first).to_contain_text("ValueError: no reading")
    # What went wrong has what room the names of this deck leave.
    says = page.get_by_role("columnheader", name="Says").bounding_box()
    assert says is not None
    assert says["width"] > 400
    page.get_by_role("button", name="Took").click()
    expect(page).to_have_url(f"{deck.url}/runs?state=failed&order=-duration")
    expect(page.get_by_role("columnheader", name="Took")).to_have_attribute("aria-sort", "descending")
    longest = rows(page).first.inner_text()
    page.get_by_role("button", name="Took").click()
    expect(rows(page).first).not_to_have_text(longest)
    page.go_back()
    expect(page).to_have_url(f"{deck.url}/runs?state=failed&order=-duration")
    rows(page).first.locator("td").last.click()
    expect(page).to_have_url(re.compile(rf"{deck.url}/runs/\w+"))  # a row leads where its name leads
    page.go_back()
    page.get_by_role("searchbox").fill("seeded-0003")
    expect(page).to_have_url(re.compile("q=seeded-0003"))
    expect(rows(page).first).to_contain_text("seeded-0003")
    page.goto(f"{deck.url}/runs?state=failed,lost,cancelled&q=seeded")
    failed = number(page)
    page.get_by_role("button", name="Done").click()
    expect(page).to_have_url(f"{deck.url}/runs?state=failed%2Clost%2Ccancelled%2Cdone&q=seeded")
    page.wait_for_function(MORE_RUNS, arg=failed)
    page.wait_for_function(MORE_RUNS, arg=RUNS - 1)
    assert number(page) == RUNS
    page.goto(f"{deck.url}/runs?state=lost,failed&q=nothing+is+called+so")
    expect(page.get_by_text("Asked for: state Lost or Failed")).to_be_visible()
    expect(page.get_by_role("heading", name="No run is like this")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Clear the filter").first.click()
    expect(page).to_have_url(f"{deck.url}/runs")
    expect(rows(page).first).to_contain_text("sample")


def test_what_is_looked_at_stays_while_new_runs_come(deck: Up, page: Page) -> None:
    log_in(page, deck)
    page.goto(f"{deck.url}/runs")
    newest = rows(page).first
    before = newest.inner_text()
    expect(newest).not_to_have_text(before)  # at the top it is live
    box = page.get_by_role("group", name="Runs", exact=True)
    for far in (3000, 9000, 15_000, 21_000):
        box.evaluate("(box, far) => box.scrollTo(0, far)", far)
        page.wait_for_function("() => Number(document.querySelector('.long [data-row]').dataset.row) > 20")
        page.wait_for_function(TOP)
        page.wait_for_timeout(400)  # for those that are read when the reader comes near the end
    assert rows(page).count() < 80, "only what is in view is drawn"
    looked = page.evaluate(TOP)
    pill = page.get_by_role("button", name=re.compile(r"\d+ new runs?"))
    expect(pill).to_have_text(re.compile("[3-9] new runs"))
    assert page.evaluate(TOP) == looked
    page.locator(".long [data-row] a.name").nth(25).click()
    page.wait_for_url(re.compile("/runs/.+"))
    page.go_back()
    expect(pill).to_be_visible()
    page.wait_for_function("() => Number(document.querySelector('.long [data-row]').dataset.row) > 100")
    pill.click()
    expect(pill).to_have_count(0)
    expect(rows(page).first).to_contain_text("sample")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/runs/.+"))


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_lists_have_no_barrier(deck: Up, page: Page, size: tuple[int, int]) -> None:
    log_in(page, deck)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in ("/runs", "/runs?state=failed&since=24h", "/scripts/sample/runs", "/runs?q=none+such"):
        page.goto(deck.url + path)
        expect(page.locator("main :is([data-row], .empty)").first).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
