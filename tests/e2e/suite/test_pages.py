"""Tests and builds in the browser: collected by the real command, seen as they come."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.suite.conftest import Project, Receiver
from tests.e2e.test_jobs_page import clean

SLOWER = "def cart(number):\n    import time\n    time.sleep(0.4)\n"
BROKEN = 'def index():\n    raise ValueError("no index")\n'


def collect(shop: Project, receiver: Receiver, number: int) -> str:
    """A build with this number in the CI; what the command said."""
    shop.run(
        *("-m", "quarterdeck", "collect", "--times", "3", "--url", receiver.url),
        QUARTERDECK_TOKEN=receiver.tokens["producer"],
        APP_VERSION=f"2.{number}",
        GITLAB_CI="true",
        CI_PIPELINE_IID=str(number),
        CI_JOB_URL=f"https://gitlab.example.org/{number}",
        CI_COMMIT_REF_NAME="main",
    )
    assert f"Sent to {receiver.url}" in shop.output, shop.output
    return shop.output


def change(shop: Project, **lines: str) -> None:
    """Another version of the application: each function begins as it is given here."""
    file = shop.folder / "shop.py"
    text = file.read_text()
    for name, begins in lines.items():
        text = re.sub(rf"def {name}\(.*\):\n", lambda _, begins=begins: begins, text)
    file.write_text(text)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_build_that_became_slower_says_which_tests(
    sample: Any, receiver: Receiver, project: Callable[[str], Project], page: Page, width: int, theme: Any
) -> None:
    shop = project("shop")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(sample.link)
    expect(page.get_by_label("Name")).to_be_visible()
    collect(shop, receiver, 1)
    page.goto(f"{receiver.url}/services/shop/tests")
    expect(page.get_by_role("heading", name="3 tests")).to_be_visible()
    expect(page.get_by_text("This is the first build that is kept")).to_be_visible()
    change(shop, cart=SLOWER, index=BROKEN)
    assert "1 failed" in collect(shop, receiver, 2)
    expect(page.get_by_role("heading", name="2 builds")).to_be_visible()
    changed = page.get_by_role("region", name=re.compile("against build #1"))
    expect(changed.get_by_role("list", name=re.compile("^Became slower"))).to_contain_text("test_carts")
    expect(changed.get_by_role("list", name=re.compile("^Fail now"))).to_contain_text("AssertionError: 500 != 200")
    asked = page.get_by_role("region", name="endpoints asked by tests")
    expect(asked).to_contain_text("GET /cart/<int:number>")
    clean(page)

    page.get_by_role("link", name="Build #2").click()
    expect(page.get_by_role("heading", name="Build #2")).to_be_visible()
    expect(page.get_by_role("link", name="Open at GitLab CI")).to_have_attribute("href", "https://gitlab.example.org/2")
    expect(page.get_by_role("region", name="Tests that failed")).to_contain_text("test_index")
    expect(page.get_by_role("region", name="All tests of this build").get_by_role("row")).to_have_count(4)
    clean(page)

    page.get_by_role("list", name=re.compile("^Became slower")).get_by_role("link", name="test_carts").click()
    expect(page.get_by_role("heading", name="tests.test_shop.TestShop.test_carts")).to_be_visible()
    expect(page.get_by_role("region", name="Builds").get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("region", name="Endpoints that it asks")).to_contain_text("GET /cart/<int:number>")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    clean(page)
