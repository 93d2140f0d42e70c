"""The documented set-up with its import line changed, in a real browser."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.embedded.conftest import GUNICORN, WAITRESS, Application, lives, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Request

Made = Callable[..., Application]


def log_in(page: Page, application: Application, name: str, password: str) -> list[str]:
    """At /dashboard; returns the addresses that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto(f"{application.url}/dashboard")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    return asked


@contextmanager
def requests(application: Application) -> Iterator[list[int]]:
    """Requests to the application, all the while; how they were answered."""
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.02):
            statuses.append(application.ask("/")[0])

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("server", [GUNICORN, WAITRESS], ids=["gunicorn", "waitress"])
def test_admins_see_requests_live_in_the_application_itself(made: Made, page: Page, server: tuple[str, ...]) -> None:
    shop = made()
    shop.start(*server)
    for _ in range(5):
        assert shop.ask("/")[0] == 200
    asked = log_in(page, shop, "admin", "admin")  # at first there is a page that comes back by itself
    expect(page).to_have_url(f"{shop.url}/dashboard/services")
    row = page.get_by_role("row").filter(has_text="shop")
    expect(row.get_by_role("cell", name="5", exact=True)).to_be_visible()
    for _ in range(7):
        shop.ask("/")
    expect(row.get_by_role("cell", name="12", exact=True)).to_be_visible()
    row.get_by_role("link", name="shop").click()
    expect(page).to_have_url(f"{shop.url}/dashboard/services/shop")
    page.reload()
    expect(page.get_by_role("heading", name="shop")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{shop.url}/dashboard/services")
    assert [url for url in asked if not url.startswith(f"{shop.url}/dashboard")] == []
    cookies = page.context.cookies()
    assert [(each["name"], each["path"]) for each in cookies] == [(f"quarterdeck-dashboard-{shop.port}", "/dashboard")]
    assert shop.counted(f"{cookies[0]['name']}={cookies[0]['value']}") == {"GET /": 12}


def test_guests_look_and_change_nothing_with_either_password(made: Made, page: Page) -> None:
    shop = made()
    shop.start(*WAITRESS)
    shop.ask("/")
    shop.ready()
    assert shop.login("guest", "wrong")[0] == 401
    assert shop.login("guest", "dashboardguest!")[0] == 200
    log_in(page, shop, "guest", "second_pw!")
    expect(page.get_by_role("row").filter(has_text="shop")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("guest", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Add")).to_have_count(0)


def test_a_link_is_printed_where_no_account_is_given(made: Made, page: Page) -> None:
    shop = made(config="[dashboard]\nCUSTOM_LINK=admin/dash\nDATABASE=sqlite:///{folder}/dashboard.db\n")
    shop.start(*GUNICORN, "--preload")
    shop.ask("/")
    link = shop.login_link()
    assert re.fullmatch(rf"http://localhost:{shop.port}/admin/dash/login#code=\S+", link)
    page.goto(link)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name=re.compile("Save|Set|Choose|Make")).click()
    expect(page.get_by_role("row").filter(has_text="shop")).to_be_visible()
    assert shop.login("ada", "correct horse", "admin/dash")[0] == 200


def test_neither_the_page_nor_the_application_is_harmed_when_the_hub_is_killed(made: Made, page: Page) -> None:
    shop = made()
    shop.start(*GUNICORN)
    shop.ask("/")
    shop.ready()
    log_in(page, shop, "admin", "admin")
    row = page.get_by_role("row").filter(has_text="shop")
    expect(row).to_be_visible()
    with requests(shop) as statuses:
        former = wait_for(shop.hub, "hub")
        os.kill(former, signal.SIGKILL)
        wait_for(lambda: not lives(former), "end of the hub")
        shop.ready()
        assert shop.hub() != former
    assert set(statuses) == {200}
    cookies = page.context.cookies()
    cookie = f"{cookies[0]['name']}={cookies[0]['value']}"
    wait_for(lambda: shop.counted(cookie) == {"GET /": len(statuses) + 1}, "count of every request")
    expect(row).to_contain_text(f"{len(statuses) + 1:,}")
