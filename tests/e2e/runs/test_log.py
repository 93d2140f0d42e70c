"""The log of a run that goes on: what is read stays where it is, however fast lines come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from pathlib import Path

CHATTY = """
import os
import time
import quarterdeck as qd
from quarterdeck.components import Text
from quarterdeck.grid import Grid

class Chatty(qd.Script):
    @qd.hooks.setup
    def begin(self):
        number = 0
        while not os.path.exists({stop!r}):
            print("line", number)
            number += 1
            time.sleep(0.005)

    def render(self):
        return Grid(Text("text"))
"""
# The text of the row at the middle of the log, and how far below the log's upper edge it stands.
IN_VIEW = """() => {
    const box = document.querySelector('.log').getBoundingClientRect();
    const top = (row) => Math.round(row.getBoundingClientRect().top - box.top);
    const row = [...document.querySelectorAll('.log li')].find((one) => top(one) > box.height / 2);
    return [row.querySelector('.msg').textContent, top(row)];
}"""
# Whether the button that counts new lines counts more than this.
MORE_NEWS = r"""least => Number((document.querySelector('.news')?.textContent ?? '0').replace(/\D/g, '')) > least"""


def _come_to_rest(page: Page) -> Any:
    """What is in view, once the wheel has turned to its end."""
    seen = page.evaluate(IN_VIEW)
    for _ in range(100):
        page.wait_for_timeout(200)
        before, seen = seen, page.evaluate(IN_VIEW)
        if seen == before:
            break
    return seen


def test_lines_stay_where_they_are_read_and_the_new_ones_are_counted(sample: Any, page: Page, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    (sample.deck / "scripts" / "chatty.py").write_text(CHATTY.format(stop=str(stop)))
    sample.start()
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"{sample.url}/scripts/chatty/runs")
    page.locator("tr[data-row] a").first.click()
    # The tail of a run has 200 lines: the page knows more of them than that once they have come.
    page.wait_for_function("() => document.querySelector('.log li:last-child .msg')?.textContent.split(' ')[1] > 300")

    page.locator(".log").hover()
    page.mouse.wheel(0, -1500)
    page.wait_for_function(MORE_NEWS, arg=20)
    before = _come_to_rest(page)
    page.wait_for_function(MORE_NEWS, arg=350)
    assert page.evaluate(IN_VIEW) == before

    page.locator(".news").click()
    expect(page.locator(".news")).to_have_count(0)
    page.get_by_role("button", name="Show from the start").click()
    page.locator(".log").hover()
    page.mouse.wheel(0, -100_000)
    expect(page.locator(".log li").first).to_contain_text("line 0")
    stop.touch()
    expect(page.locator(".head .status")).to_have_text("Done")
