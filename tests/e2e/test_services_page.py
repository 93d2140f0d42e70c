"""Services in the browser: requests appear without a reload, by service, endpoint and version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import UpProcess
from tests.e2e.shop import Shop, opened
from tests.e2e.test_jobs_page import clean

REQUESTS = "td[data-label=Requests]"
APPLICATION = '''
from flask import Flask

shop = Flask("shop")

@shop.get("/cart/<int:number>")
def cart(number):
    """What is in a cart."""
    if number == 13:
        raise ValueError(number)
    return "cart"
'''


@pytest.fixture
def shop(sample: UpProcess, tmp_path: Path) -> Iterator[Shop]:
    with opened(sample, tmp_path, APPLICATION, APP_VERSION="4.12.0") as shop:
        yield shop


def look_at_answers(page: Page) -> None:
    """Over time, of 8 requests that were answered well, one that was refused and one that failed."""
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Errors").click()
    answers = page.get_by_role("figure").filter(has_text="Requests by their answer")
    expect(answers.get_by_role("button", name="2xx, 3xx")).to_contain_text("8")
    expect(answers.get_by_role("button", name="4xx refused")).to_contain_text("1")
    expect(answers.get_by_role("button", name="5xx failed")).to_contain_text("1")
    answers.get_by_role("button", name="2xx, 3xx").click()
    expect(answers.get_by_role("img", name="at most 2 in one; the most: 4xx refused")).to_be_visible()
    clean(page)
    page.go_back()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_requests_are_seen_as_they_come(sample: Any, shop: Shop, page: Page, width: int, theme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"{sample.url}/services")
    expect(page.get_by_role("heading", name="No services yet")).to_be_visible()
    clean(page)

    assert shop.ask("/cart/1", "/cart/2", "/cart/13", "/wp-login.php") == ["200", "200", "500", "404"]
    row = page.get_by_role("row", name="shop")
    expect(row).to_contain_text("Flask")
    expect(row.locator(REQUESTS)).to_have_text("4")
    expect(row).to_contain_text("25 %")
    shop.ask(*["/cart/3"] * 6)
    expect(row.locator(REQUESTS)).to_have_text("10")
    expect(row).to_contain_text("10 %")
    clean(page)
    row.get_by_role("link", name="shop").click()
    look_at_answers(page)
    expect(page.get_by_role("heading", name="2 endpoints")).to_be_visible()
    expect(page.get_by_text("version 4.12.0")).to_be_visible()
    cart = page.get_by_role("row", name="GET /cart/<int:number>")
    expect(cart.locator(REQUESTS)).to_have_text("9")
    expect(page.get_by_role("row", name="GET no route").locator(REQUESTS)).to_have_text("1")
    expect(page.locator("main canvas")).to_have_count(3)
    clean(page)
    errors = page.get_by_role("region", name="Exceptions")
    expect(errors.get_by_role("row", name="ValueError 13").locator("td[data-label=Times]")).to_have_text("1")
    page.get_by_label("Filter endpoints").fill("nothing like it")
    expect(page.get_by_text("None of 2 endpoints matches")).to_be_visible()
    page.get_by_role("button", name="Show all").click()

    cart.get_by_role("link").click()
    expect(page.get_by_role("region", name="Versions")).to_contain_text("4.12.0")
    answers = page.get_by_role("region", name="Answers")
    expect(answers.get_by_role("row", name="200 Success")).to_contain_text("8")
    expect(answers.get_by_role("row", name="500 Failed")).to_contain_text("11.1 %")
    assert shop.ask("/cart/13") == ["500"]
    expect(answers.get_by_role("row", name="500 Failed")).to_contain_text("20.0 %")
    expect(page.get_by_text("What is in a cart.")).to_be_visible()
    clean(page)

    page.go_back()
    expect(errors.locator("td[data-label=Times]")).to_have_text("2")
    errors.get_by_role("link", name="ValueError 13").click()
    expect(page.get_by_role("heading", name="ValueError")).to_be_visible()
    expect(page.get_by_role("region", name="Came up in")).to_contain_text("GET /cart/<int:number>")
    clean(page)


def test_what_is_not_there_says_so(sample: Any, page: Page) -> None:
    sample.start()
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    for path in ("/services/none", "/services/none/endpoints/GET%20%2F", "/services/none/exceptions/0a"):
        page.goto(sample.url + path)
        expect(page.get_by_text("There is no such")).to_be_visible()
