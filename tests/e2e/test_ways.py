"""The page where a WebSocket cannot pass: by server-sent events, and by polls where those cannot pass either."""

from __future__ import annotations

import re
from typing import Any, Protocol

from playwright.sync_api import Page, expect

BLOCKED = """
window.%s = class extends EventTarget {
  constructor() {
    super();
    setTimeout(() => { this.onerror?.(new Event("error")); this.onclose?.(new Event("close")); });
  }
  send() {}
  close() {}
};
"""


class Up(Protocol):
    url: str
    link: str

    def start(self) -> None: ...
    def kill(self) -> None: ...


def watch_it_move(hub: Up, page: Page) -> None:
    """Open the sample's page as a new admin, and see three changes of the chart."""
    hub.start()
    page.goto(hub.link)
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"{hub.url}/scripts/sample")
    expect(page.get_by_text(re.compile(r"The current value is: \d+"))).to_be_visible()
    for _ in range(3):
        wait_for_change(page)


def wait_for_change(page: Page) -> None:
    """Return when the chart has drawn something else."""
    drawn = page.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    page.wait_for_function("drawn => document.querySelector('canvas')?.toDataURL() !== drawn", arg=drawn)


def asked_of(page: Page) -> list[str]:
    """Fill a list with the ways of listening that the page asks for."""
    asked: list[str] = []

    def note(request: Any) -> None:
        found = re.search(r"/api/live/(\w+)", request.url)
        if found:
            asked.append(f"{request.method} {found[1]}")

    page.on("request", note)
    return asked


def test_a_blocked_websocket_is_replaced_by_events(sample: Up, page: Page) -> None:
    asked = asked_of(page)
    page.add_init_script(BLOCKED % "WebSocket")
    watch_it_move(sample, page)
    assert {"GET events", "POST events"} <= set(asked)
    assert "POST poll" not in asked
    sample.kill()
    expect(page.get_by_role("strong").get_by_text("Not connected to the hub.")).to_be_visible()
    sample.start()
    wait_for_change(page)
    assert "POST poll" not in asked
    page.get_by_role("button", name="Run now").first.click()
    expect(page.get_by_text("Not connected to the hub.")).to_have_count(0)


def test_where_events_are_blocked_as_well_it_polls(sample: Up, page: Page) -> None:
    asked = asked_of(page)
    page.add_init_script(BLOCKED % "WebSocket" + BLOCKED % "EventSource")
    watch_it_move(sample, page)
    assert "POST poll" in asked
    assert "GET events" not in asked
