"""The page's files: looked up, never joined to a path; compressed, and kept by the browser."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from quarterdeck.web.pages import Pages


@pytest.fixture
def browser(tmp_path: Path) -> httpx.AsyncClient:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text('<script src="./assets/main-1a2b.js">')
    (static / "assets" / "main-1a2b.js").write_text("export default 1;\n" * 200)
    (static / ".sources").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    app = Starlette(routes=[Route("/{path:path}", Pages(static).answer)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://deck")


@pytest.mark.parametrize("path", ["/", "/index.html", "/scripts/sample", "/scripts/sample.v2/runs", "/login"])
async def test_addresses_of_the_page_get_the_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, '<script src="/assets/main-1a2b.js">')
    assert answer.headers["cache-control"] == "no-cache"


async def test_hashed_file_is_kept_for_ever_and_compressed(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "export default 1;\n" * 200
    assert int(answer.headers["content-length"]) < len(gzip.compress(answer.content)) + 100
    again = await browser.get("/assets/main-1a2b.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_finds_its_files_below_the_path_of_an_application(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<script src="./assets/main-1a2b.js">')
    pages = Pages(tmp_path)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/services/shop",
        "headers": [],
        "state": {"prefix": "/dashboard"},
    }
    assert (await pages.answer(Request(scope))).body == b'<script src="/dashboard/assets/main-1a2b.js">'


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/assets/../../outside.txt",
        "/assets/..%2f..%2foutside.txt",
        "/assets\\..\\outside.txt",
        "//etc/passwd",
        "/.sources",
        "/assets/none.js",
        "/index.html%00.js",
        "/C:/outside.txt",
    ],
)
async def test_nothing_else_is_reached(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.send(httpx.Request("GET", httpx.URL("http://deck", raw_path=path.encode())))
    assert "secret" not in answer.text
    assert "root:" not in answer.text


async def test_missing_page_says_how_to_build_it(tmp_path: Path) -> None:
    app = Starlette(routes=[Route("/{path:path}", Pages(tmp_path).answer)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://deck") as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make page" in answer.text


async def test_what_is_framed_is_in_a_sandbox(tmp_path: Path) -> None:
    (tmp_path / "framed").mkdir()
    (tmp_path / "framed" / "figure.html").write_text("<script src=figure.js></script>")
    (tmp_path / "framed" / "figure.js").write_text("x" * 300_000)
    app = Starlette(routes=[Route("/{path:path}", Pages(tmp_path).answer)])
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://deck")
    page, script = await browser.get("/framed/figure.html"), await browser.get("/framed/figure.js")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src 'self';")
    assert "connect-src" not in policy
    assert "allow-same-origin" not in policy
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (script.headers["content-encoding"], script.text) == ("gzip", "x" * 300_000)
    assert (await browser.get("/framed/none.js")).status_code == 404
    assert "content-security-policy" not in (await browser.get("/")).headers
