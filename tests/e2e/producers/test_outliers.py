"""Slow requests under real servers: told with the stack that they had while they were slow, and without secrets."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.producers.servers import PATIENCE, Server

NAP = """
import time

def nap(number):
    time.sleep(1.0 if number == 13 else 0)
    return f"cart {number}"
"""
FLASK = f"""
from flask import Flask
from quarterdeck import monitor
{NAP}
shop = Flask("shop")
shop.add_url_rule("/cart/<int:number>", view_func=nap)
monitor.bind(app=shop)
"""
FAST = f"""
import asyncio
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware
from quarterdeck import monitor
{NAP}
async def doze(number):
    await asyncio.sleep(1.0 if number == 13 else 0)
    return f"cart {{number}}"

shop = FastAPI(title="shop")

@shop.get("/awaits/{{number}}")
async def awaits(number: int):
    return await doze(number)

@shop.get("/blocks/{{number}}")
async def blocks(number: int):
    return nap(number)

@shop.get("/threads/{{number}}")
def threads(number: int):
    return nap(number)

@shop.get("/executor/{{number}}")
async def executor(number: int):
    return await asyncio.to_thread(nap, number)

monitor.bind(app=shop)
"""
WRAPPED = """
async def timed(request, call_next):
    return await call_next(request)

shop.add_middleware(BaseHTTPMiddleware, dispatch=timed)
"""
DJANGO = f"""
import django
from django.conf import settings
settings.configure(SECRET_KEY="x", ROOT_URLCONF="shop", ALLOWED_HOSTS=["*"])
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path
from quarterdeck import monitor
{NAP}
def cart(request, number):
    return HttpResponse(nap(number))

urlpatterns = [path("cart/<int:number>", cart)]
django.setup()
shop = monitor.bind(app=get_asgi_application())
"""
UVICORN = ("uvicorn", "shop:shop", "--port", "{port}")
SERVERS = {
    "gunicorn": (FLASK, ("gunicorn", "shop:shop", "-w", "1", "-b", "127.0.0.1:{port}"), {"cart": "nap"}),
    "waitress": (FLASK, ("waitress", "--listen", "127.0.0.1:{port}", "shop:shop"), {"cart": "nap"}),
    "uvicorn": (FAST, UVICORN, {"awaits": "doze", "blocks": "nap", "threads": "nap", "executor": "nap"}),
    "uvicorn-django": (DJANGO, UVICORN, {"cart": "nap"}),
    "uvicorn-middleware": (FAST + WRAPPED, UVICORN, {"awaits": "doze", "blocks": "nap", "threads": "nap"}),
}


def outliers(deck: Any, server: Server, paths: list[str]) -> dict[str, dict[str, Any]]:
    """One of each path, as soon as they are told; until then the quick and the slow are asked for, by turns.

    At first the slow may be no outliers: a busy machine takes long for the first requests, too.
    """
    until = time.monotonic() + PATIENCE
    while True:
        for path in paths:
            for number in range(12):
                assert server.ask(f"/{path}/{number}") == 200
            assert server.ask(f"/{path}/13?page=2&token=hunter2") == 200
        _, page = deck.ask("GET", "/api/topics?kind=outlier&order=at")
        states = [item["state"] for item in page["topics"]]
        told = {state["request"]["path"].split("/")[1]: state for state in states if state["seconds"] > 0.9}
        if told.keys() == set(paths):
            return told
        assert time.monotonic() < until, server.said()


FORKS = f"""
import os
from flask import Flask
from quarterdeck import monitor
from quarterdeck.sdk import default
from quarterdeck.sdk.services.service import close_all
{NAP}
shop = Flask("shop")
shop.add_url_rule("/cart/<int:number>", view_func=nap)
monitor.bind(app=shop)

def answer(*numbers):
    for number in numbers:
        shop.test_client().get(f"/cart/{{number}}", buffered=True)

answer(*range(12))  # now the thread runs
if os.fork() == 0:
    answer(*range(14), *range(14), *range(14))
    close_all()
    default.current().flush(30)
    os._exit(0)
os.wait()
"""


def test_a_forked_child_looks_at_its_own_requests(deck: Any, tmp_path: Path) -> None:
    deck.up()
    (tmp_path / "forks.py").write_text(FORKS)
    environment = {**deck.environment, "QUARTERDECK_URL": deck.url, "QUARTERDECK_TOKEN": deck.tokens["producer"]}
    ended = subprocess.run(
        [sys.executable, "forks.py"], env=environment, cwd=tmp_path, capture_output=True, timeout=90, check=False
    )
    assert ended.returncode == 0, ended.stderr
    _, page = deck.ask("GET", "/api/topics?kind=outlier&order=at")
    slow = [item["state"]["function"] for item in page["topics"] if item["state"]["seconds"] > 0.9]
    assert set(slow) == {"nap"}, ended.stderr


@pytest.mark.parametrize("name", SERVERS)
def test_a_slow_request_is_told_with_its_stack(deck: Any, tmp_path: Path, name: str) -> None:
    source, command, functions = SERVERS[name]
    deck.up()
    server = Server(deck, tmp_path, source, command)
    try:
        told = outliers(deck, server, list(functions))
    finally:
        server.kill()
    for path, function in functions.items():
        state = told[path]
        assert state["usual"] < 0.4
        assert state["status"] == 200
        assert state["function"] == function, state["stacks"]
        frames = state["stacks"][0]["frames"]
        (at,) = (frame for frame in frames if frame["name"] == function)
        assert (at["own"], at["file"]) == (True, str(tmp_path / "shop.py"))
        assert any("sleep" in text for _, text in at["code"])
        assert not any(frame["name"] == "Monitored.__call__" for frame in frames)
        assert state["request"]["query"] == [["page", "2"], ["token", "[hidden]"]]
        assert "hunter2" not in str(state)
        assert state["cpu"]["over"] > 0.3
        assert state["memory"]["process"] > 1e6
