"""Blobs over HTTP: streamed in and out, read under the rights of their topics, never a page of the hub's origin."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from quarterdeck.hub.hub import Hub

Visit = Callable[[str], Awaitable[httpx.AsyncClient]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def path_of(content: bytes) -> str:
    return f"/api/blobs/{name_of(content)}"


def show(hub: Hub, topic: str, content: bytes) -> None:
    value = {"sha256": name_of(content), "size": len(content), "type": "text/html", "name": "a.html"}
    hub.board.publish(topic, [["set", "file", value, "blob"]])


async def test_a_blob_is_put_and_read(visit: Visit) -> None:
    admin = await visit("admin")
    for _ in range(2):
        answer = await admin.put(path_of(PNG), content=PNG)
        assert (answer.status_code, answer.json()) == (200, {"sha256": name_of(PNG), "size": len(PNG)})
    found = await admin.get(path_of(PNG))
    assert (found.content, found.headers["content-type"]) == (PNG, "image/png")
    assert (await admin.get(path_of(PNG), headers={"range": "bytes=0-7"})).content == PNG[:8]
    again = await admin.get(path_of(PNG), headers={"if-none-match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await admin.get(path_of(SVG))).status_code == 404


@pytest.mark.parametrize("content", [SVG, HTML, b"%PDF-1.7", b"GIF8", b"RIFF1234WEBPx", b""])
async def test_nothing_of_it_runs_in_the_hubs_origin(visit: Visit, content: bytes) -> None:
    admin = await visit("admin")
    await admin.put(path_of(content), content=content, headers={"content-type": "text/html"})
    found = await admin.get(path_of(content))
    assert found.content == content
    assert found.headers["content-type"] in ("image/svg+xml", "application/octet-stream", "image/gif", "image/webp")
    assert found.headers["content-disposition"] == "attachment"
    assert found.headers["x-content-type-options"] == "nosniff"
    policy = found.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert "no-cache" in found.headers["cache-control"]


async def test_it_is_read_under_the_rights_of_its_topics(hub: Hub, visit: Visit) -> None:
    producer, guest, stranger = await visit("producer"), await visit("guest"), await visit("anonymous")
    assert (await producer.put(path_of(HTML), content=HTML)).status_code == 200
    assert (await producer.get(path_of(HTML))).status_code == 404, "nothing names it"
    assert (await guest.get(path_of(HTML))).status_code == 200, "who may watch everything may read everything"
    show(hub, "script/a/panel/report", HTML)
    assert (await producer.get(path_of(HTML))).status_code == 404, "what names it is not its to watch"
    show(hub, "lab/report", HTML)
    assert (await producer.get(path_of(HTML))).status_code == 200
    assert (await stranger.get(path_of(HTML))).status_code == 401
    assert (await guest.put(path_of(SVG), content=SVG)).status_code == 403


async def test_a_page_proves_that_it_puts(visit: Visit) -> None:
    admin = await visit("admin page")
    assert (await admin.put(path_of(PNG), content=PNG)).status_code == 200
    del admin.headers["X-CSRF-Token"]
    assert (await admin.put(path_of(SVG), content=SVG)).json()["error"]["code"] == "csrf"


@pytest.mark.parametrize("name", ["x", "A" * 64, "../../quarterdeck.db", "..%2f..%2fquarterdeck.db", "0" * 63 + "/"])
async def test_a_name_is_a_hash_and_no_path(visit: Visit, name: str) -> None:
    admin = await visit("admin")
    for answer in (await admin.get(f"/api/blobs/{name}"), await admin.put(f"/api/blobs/{name}", content=b"x")):
        assert answer.status_code in (400, 404)


async def test_what_is_wrong_or_too_large_is_not_kept(hub: Hub, visit: Visit) -> None:
    admin = await visit("admin")
    answer = await admin.put(path_of(PNG), content=SVG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "blob-hash")
    hub.blobs.largest = 3_000_000
    admin = await visit("admin")
    large = bytes(3_000_001)
    answer = await admin.put(path_of(large), content=large)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body-too-large")
    assert "3,000,000 bytes" in answer.json()["error"]["hint"]
    assert (await admin.put(path_of(large[:-1]), content=large[:-1])).status_code == 200
    kept = [path for path in hub.deck.blobs.rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in kept] == [3_000_000]


@pytest.mark.long
async def test_a_large_one_takes_no_memory(hub: Hub, visit: Visit) -> None:
    part, count = bytes(1 << 16), 512
    name = hashlib.sha256()
    for _ in range(count):
        name.update(part)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield part

    admin = await visit("admin")
    tracemalloc.start()
    answer = await admin.put(f"/api/blobs/{name.hexdigest()}", content=parts())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.json()["size"] == count << 16
    assert most < 8 << 20, "32 MB have passed through"
