"""Blobs of a script with real processes: they reach each hub, and the hub's memory does not follow their size."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.e2e.conftest import UpProcess

PICTURES = """\
from datetime import timedelta

import quarterdeck as qd


@qd.hooks.schedule(run_every=timedelta(seconds=1))
def draw(panel):
    panel.store["count"] = panel.store.get("count", 0) + 1
    width = panel.store["count"]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="9"/>'
    panel.components["picture"].image = svg.encode()
"""
PART = bytes(1 << 20)
PARTS = 90


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[UpProcess]:
    folder = tmp_path / "deck" / "scripts" / "pictures"
    folder.mkdir(parents=True)
    (folder / "pictures.py").write_text(PICTURES)
    (folder / "layout.html").write_text("<Grid><Image id=picture /></Grid>")
    process = UpProcess(tmp_path / "deck", tmp_path / "state")
    process.start()
    yield process
    process.stop()


def ask(hub: UpProcess, token: str, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {token}"}, encode_chunked=True)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def picture(hub: UpProcess, token: str) -> bytes:
    """What the component shows now."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        status, text = ask(hub, token, "GET", "/api/topics/script%2Fpictures%2Fpanel%2Fpicture")
        image = json.loads(text)["state"]["image"] if status == 200 else None
        if image is not None:
            status, content = ask(hub, token, "GET", f"/api/blobs/{image['sha256']}")
            assert (status, len(content)) == (200, image["size"])
            return content
        time.sleep(0.1)
    raise AssertionError("there is no picture")


def test_a_worker_gives_its_blobs_to_the_next_hub_wherever_that_is(hub: UpProcess) -> None:
    token = hub.command("token", "new", "test", "--scope", "admin").stdout.strip()
    first = picture(hub, token)
    port = hub.port
    hub.kill()
    hub.port = 0
    hub.start()
    assert hub.port != port
    end = time.monotonic() + 30
    while picture(hub, token) == first:
        assert time.monotonic() < end, "no new picture has come"
        time.sleep(0.2)


def test_the_hubs_memory_stays_flat(hub: UpProcess) -> None:
    token = hub.command("token", "new", "test", "--scope", "producer").stdout.strip()
    name = hashlib.sha256()
    for _ in range(PARTS):
        name.update(PART)
    assert hub._process is not None
    process = psutil.Process(hub._process.pid)
    before = process.memory_info().rss
    most = before

    def parts() -> Iterator[bytes]:
        nonlocal most
        for _ in range(PARTS):
            yield PART
            most = max(most, process.memory_info().rss)

    status, text = ask(hub, token, "PUT", f"/api/blobs/{name.hexdigest()}", parts())
    assert (status, json.loads(text)["size"]) == (200, PARTS << 20)
    assert max(most, process.memory_info().rss) - before < 24 << 20
