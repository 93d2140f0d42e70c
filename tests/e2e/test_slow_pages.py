"""Outliers and profiles in the browser: a slow request appears with its stack, and the time goes where it does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import UpProcess
from tests.e2e.shop import Shop, opened
from tests.e2e.test_jobs_page import clean

PATIENCE = 60_000
APPLICATION = """
import time
from flask import Flask

shop = Flask("shop")

def look_up(number):
    time.sleep(1.0 if number == 13 else 0.003)

@shop.get("/cart/<int:number>")
def cart(number):
    look_up(number)
    return "cart"
"""


@pytest.fixture
def shop(sample: UpProcess, tmp_path: Path) -> Iterator[Shop]:
    with opened(sample, tmp_path, APPLICATION) as shop:
        yield shop


@contextmanager
def busy(shop: Shop) -> Iterator[None]:
    """Requests without end, slow ones among them, so that there are outliers whatever is usual on this machine."""
    ended = threading.Event()

    def go() -> None:
        while not ended.is_set():
            shop.ask(*[f"/cart/{number}?token=hunter2" for number in range(14)])

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_slow_request_and_a_profile_are_seen(sample: Any, shop: Shop, page: Page, width: int, theme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    shop.ask("/cart/1")
    page.goto(sample.url + "/services/shop")
    expect(page.get_by_role("heading", name="shop", level=1)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Outliers").click()
    expect(page.get_by_text("No outliers")).to_be_visible(timeout=PATIENCE)
    clean(page)
    with busy(shop):
        _see_the_outlier(page)
        _see_the_profile(page, sample)


def _see_the_outlier(page: Page) -> None:
    row = page.get_by_role("link", name="look_up", exact=True).first
    expect(row).to_be_visible(timeout=PATIENCE)
    search = page.get_by_role("searchbox", name="Search outliers by function, endpoint or version")
    search.fill("nothing like this")
    expect(page.get_by_text("No outlier matches")).to_be_visible()
    search.fill("look")
    expect(row).to_be_visible()
    clean(page)
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("usually")
    expect(page.get_by_text("time.sleep(1.0 if number == 13 else 0.003)")).to_be_visible()
    expect(page.get_by_text("/cart/13")).to_be_visible()
    expect(page.get_by_text("token=[hidden]")).to_be_visible()
    expect(page.get_by_text("hunter2")).to_have_count(0)
    clean(page)


def _see_the_profile(page: Page, sample: Any) -> None:
    page.goto(f"{sample.url}/services/shop/endpoints/GET%20%2Fcart%2F%3Cint%3Anumber%3E/profile")
    expect(page.get_by_text("No profile yet")).to_be_visible(timeout=PATIENCE)
    clean(page)
    page.get_by_role("button", name="Profile for 30 s").click()
    graph = page.get_by_role("group", name="Flame graph.")
    block = graph.get_by_role("button", name="look_up,")
    expect(block).to_be_visible(timeout=PATIENCE)
    clean(page)
    block.click()  # zooms in
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    block.press("Escape")  # one out, and the arrows walk down again
    focused = graph.locator(":focus")
    expect(focused).to_contain_text("cart")
    focused.press("ArrowDown")
    expect(graph.locator(":focus")).to_contain_text("look_up")
    page.get_by_role("searchbox", name="Find a function").fill("look_up")
    expect(page.get_by_text("in what matches")).to_be_visible()
    page.get_by_role("button", name="Functions").click()
    expect(page.get_by_role("row").filter(has_text="look_up")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    clean(page)
