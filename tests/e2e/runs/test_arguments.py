"""Runs with arguments, from the form on the page, by the keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from tests.e2e.runs.conftest import trigger

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.e2e.test_sample import Up


def test_a_hook_runs_with_what_is_typed_and_chosen(deck: Up, page: Page) -> None:
    page.goto(f"{deck.url}/scripts/archive/hooks")
    card = page.get_by_role("region", name="clean")
    expect(page.get_by_role("region", name="sweep").get_by_text("Run with arguments")).to_have_count(0)
    card.get_by_role("link", name="Run with arguments").click()
    form = page.get_by_role("form", name="Run clean with")
    days = form.get_by_label("days")
    expect(days).to_be_focused()
    days.fill("")
    page.keyboard.press("Tab")
    expect(form.get_by_text("Type a whole number, such as 30.")).to_be_visible()
    expect(days).to_have_attribute("aria-invalid", "true")
    form.get_by_role("button", name="Start run").click()
    expect(days).to_be_focused()
    days.fill("7")
    form.get_by_label("dry").uncheck()
    form.get_by_label("mode").select_option("FAST")
    form.get_by_label("size").select_option("m")
    form.get_by_label("since").fill("2026-11-21")
    days.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Run of archive")).to_be_visible()
    expect(page.get_by_text("clean 7 False Mode.FAST m 2026-11-21")).to_be_visible()
    run = page.url.rsplit("/", 1)[1]
    args = json.loads(deck.command("watch", f"run/{run}", "--once").stdout.splitlines()[0])["state"]["args"]
    assert args == {"days": 7, "dry": False, "mode": "FAST", "size": "m", "since": "2026-11-21"}


def test_again_with_other_arguments_begins_with_those_of_the_run(deck: Up, page: Page) -> None:
    run = trigger(deck, "days=13", "size=s")
    page.goto(f"{deck.url}/runs/{run}")
    page.get_by_role("link", name="With other arguments").click()
    form = page.get_by_role("form", name="Run clean with")
    expect(form.get_by_text(f"Filled with the arguments of run {run}.")).to_be_visible()
    expect(form.get_by_label("days")).to_have_value("13")
    expect(form.get_by_label("size").locator("option:checked")).to_have_text("s")
    # The file has changed meanwhile: what the hub refuses stands at the field that it is about.
    page.route("**/api/calls", lambda route: route.fulfill(status=409, json=REFUSED))
    form.get_by_role("button", name="Start run").click()
    expect(form.get_by_text(REFUSED["error"]["message"])).to_be_visible()
    expect(form.get_by_label("days")).to_be_focused()
    expect(form.get_by_label("days")).to_have_attribute("aria-invalid", "true")
    page.unroute("**/api/calls")
    form.get_by_label("days").fill("14")
    page.keyboard.press("Enter")
    expect(page.get_by_text("clean 14 True Mode.SAFE s None")).to_be_visible()


REFUSED = {
    "error": {"code": "bad-args", "message": "the argument days is 13; give a whole number (int)", "hint": "nothing"}
}
