"""The palette: any page, script, hook or run by a few letters; and what may be done with them."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.e2e.test_sample import Up, log_in, problems
from tests.seed import seed

PASSWORD = "a long enough password"


def test_a_few_letters_lead_anywhere(sample: Up, page: Page) -> None:
    sample.start()
    log_in(page, sample)
    page.goto(f"{sample.url}/settings/appearance")
    expect(page.get_by_role("link", name="sample")).to_have_count(0)
    page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="Search or run")
    expect(search).to_be_focused()
    expect(page.get_by_role("group", name="Latest runs").get_by_role("option").first).to_be_visible()
    search.fill("smpl")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("sample")
    expect(search).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    assert problems(Axe(), page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{sample.url}/scripts/sample")
    page.keyboard.press("Control+k")
    search.fill("run sample now")
    page.keyboard.press("Enter")
    expect(page.get_by_text("sample is started")).to_be_visible()
    page.get_by_role("button", name="Search or run").click()
    search.fill("update")
    run = page.get_by_role("group", name="Runs").get_by_role("option").first
    expect(run).to_contain_text("sample, update")
    run.click()
    expect(page).to_have_url(re.compile("/runs/"))
    page.keyboard.press("Control+k")
    search.fill("nothing has this name")
    expect(page.get_by_text("Nothing is called")).to_be_visible()
    page.keyboard.press("Escape")
    expect(search).to_have_count(0)


def test_of_thousands_of_scripts_each_is_found(sample: Up, page: Page) -> None:
    seed(sample.deck, 1, 1200)
    sample.start()
    log_in(page, sample)
    page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="Search or run")
    search.fill("seeded-1187")
    page.get_by_role("option").filter(has_text="seeded-1187").first.click()
    expect(page).to_have_url(f"{sample.url}/scripts/seeded-1187")


def test_a_guest_is_offered_nothing_that_is_refused(sample: Up, chromium: Browser) -> None:
    sample.start()
    context = chromium.new_context(base_url=sample.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status in (403, 404) else None)
    log_in(page, sample)
    made = page.evaluate(
        """async (password) => {
          const me = await (await fetch('/api/me')).json();
          const headers = {'X-CSRF-Token': me.csrf, 'Content-Type': 'application/json'};
          const body = JSON.stringify({name: 'bo', role: 'guest', password});
          return (await fetch('/api/users', {method: 'POST', headers, body})).status;
        }""",
        PASSWORD,
    )
    assert made == 201
    context.clear_cookies()
    page.goto("/login")
    page.get_by_label("Name").fill("bo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{sample.url}/")
    for path in ("/", "/scripts", "/scripts/sample", "/scripts/sample/hooks", "/schedules", "/runs", "/jobs"):
        page.goto(path)
        expect(page.locator("main h1").first).to_be_visible()
        page.wait_for_timeout(400)
        offered = page.get_by_role("main").get_by_role(
            "button", name=re.compile(r"^(Run (now|again|\w+ now)|Stop$|Pause|Resume|Remove|Clean)")
        )
        expect(offered).to_have_count(0)
    for path in ("/settings", "/settings/retention", "/settings/audit", "/settings/hub", "/settings/appearance"):
        page.goto(path)
        expect(page.locator("main h1").first).to_be_visible()
        page.wait_for_timeout(600)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("sample")
    expect(page.get_by_role("option").first).to_contain_text("sample")
    expect(page.get_by_role("option", name=re.compile("now$|Pause"))).to_have_count(0)
    assert refused == []
    context.close()
