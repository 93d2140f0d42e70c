"""The house-keeping pages: what is kept, who may come in, and who did what."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.e2e.test_sample import Up, log_in, problems
from tests.seed import seed

PASSWORD = "a long enough password"


def test_what_is_kept_is_changed_and_cleaned(sample: Up, page: Page) -> None:
    seed(sample.deck, 400, 2)
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/settings/retention")
    runs = page.get_by_label("Runs a script")
    expect(runs).to_have_value("1000")
    runs.fill("x")
    expect(page.get_by_text("“x” is not a whole number")).to_be_visible()
    runs.fill("20")
    expect(page.get_by_text(re.compile("runs and .* failures would go"))).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What is kept is changed")).to_be_visible()
    page.get_by_role("button", name="Clean now").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text(re.compile(r"Last cleaned .* by ada: \d+ runs"))).to_be_visible()
    expect(page.get_by_text("Nothing is beyond the limits.")).to_be_visible()
    page.goto(f"{sample.url}/settings/audit?about=retention")
    expect(page.get_by_role("row", name=re.compile("ada changed what is kept.*runs 1000 to 20"))).to_be_visible()


def test_accounts_are_kept_by_admins_and_guests_see_their_own(sample: Up, page: Page, chromium: Browser) -> None:
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/settings")
    page.get_by_role("button", name="Add account").click()
    page.get_by_label("Name").fill("bo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add account").click()
    page.get_by_role("button", name="More for ada").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Reset password"])
    page.keyboard.press("Escape")
    context = chromium.new_context(base_url=sample.url)
    guest = context.new_page()
    guest.goto("/login")
    guest.get_by_label("Name").fill("bo")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Log in").click()
    guest.wait_for_url(f"{sample.url}/")
    guest.goto("/settings")
    expect(guest.get_by_role("heading", name="Your account")).to_be_visible()
    expect(guest.get_by_role("group", name="Sessions").get_by_role("row")).to_have_count(2)
    expect(guest.get_by_role("heading", name="Tokens")).to_have_count(0)
    page.get_by_role("button", name=re.compile("End the session of bo")).click()
    expect(guest.get_by_role("button", name="Log in")).to_be_visible()
    page.get_by_role("button", name="More for bo").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="More for bo")).to_have_count(0)
    page.goto(f"{sample.url}/settings/audit?about=account")
    expect(page.get_by_role("row", name=re.compile("ada removed an account bo"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("ada ended a session bo"))).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_house_keeping_has_no_barrier(sample: Up, page: Page, width: int) -> None:
    sample.start()
    log_in(page, sample)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/settings", "/settings/retention", "/settings/audit?by=all"):
        page.goto(sample.url + path)
        expect(page.locator("main section h2").first).to_be_visible()
        assert problems(Axe(), page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
