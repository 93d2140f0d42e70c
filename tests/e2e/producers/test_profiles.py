"""Profiles of services under real servers: asked for by a call, or always by level 3."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.producers.servers import PATIENCE, Server

from quarterdeck.core.topics import join

BURN = """
import time

def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(200))

def nap():
    time.sleep(0.002)

def work():
    nap()
    burn(0.03)
    return "done"
"""
FLASK = f"""
from flask import Flask
from quarterdeck import monitor
{BURN}
shop = Flask("shop")
shop.add_url_rule("/work", view_func=work)
shop.add_url_rule("/other", view_func=work, endpoint="other")
monitor.bind(app=shop)
"""
FAST = f"""
from fastapi import FastAPI
from quarterdeck import monitor
{BURN}
shop = FastAPI(title="shop")
shop.get("/work")(work)
monitor.bind(app=shop)
"""
SERVERS = {
    "gunicorn": (FLASK, ("gunicorn", "shop:shop", "-w", "2", "--threads", "2", "-b", "127.0.0.1:{port}")),
    "waitress": (FLASK, ("waitress", "--listen", "127.0.0.1:{port}", "shop:shop")),
    "uvicorn": (FAST, ("uvicorn", "shop:shop", "--port", "{port}")),
}
WORK = join("service", "shop", "endpoint", "GET /work")
PROFILE = join("service", "shop", "profile", "GET /work")
ENOUGH = 100


def shares(profile: dict[str, Any]) -> dict[str, float]:
    """The part of all samples that was in each function, or in what it called."""
    found: dict[str, float] = {}
    for id, count in profile["samples"].items():
        names, node = set(), profile["nodes"].get(id)
        while node is not None:
            names.add(node["name"])
            node = profile["nodes"].get(node["parent"])
        for name in names:
            found[name] = found.get(name, 0) + count
    return {name: count / sum(profile["samples"].values()) for name, count in found.items()}


def sampled(deck: Any, server: Server) -> dict[str, Any]:
    """The profile, as soon as there are samples enough; some clients ask all the time."""
    enough = threading.Event()

    def ask() -> None:
        while not enough.is_set():
            server.ask("/work")

    clients = [threading.Thread(target=ask) for _ in range(2)]
    for client in clients:
        client.start()
    try:
        until = time.monotonic() + PATIENCE
        while True:
            profile: dict[str, Any] = deck.state(PROFILE) or {}
            if sum(profile.get("samples", {}).values()) >= ENOUGH:
                return profile
            assert time.monotonic() < until, server.said()
            time.sleep(0.2)
    finally:
        enough.set()
        for client in clients:
            client.join()


def wait_for_processes(deck: Any, server: Server) -> None:
    """Until each process that answers has said which it is, as it can be told something then."""
    until = time.monotonic() + PATIENCE
    while deck.ask("POST", "/api/calls", {"topic": WORK, "name": "profile", "args": {"seconds": 60}})[0] != 200:
        assert time.monotonic() < until, server.said()
        server.ask("/work")
        time.sleep(0.2)


@pytest.mark.parametrize("name", SERVERS)
def test_what_burns_time_dominates_the_profile(deck: Any, tmp_path: Path, name: str) -> None:
    deck.up()
    server = Server(deck, tmp_path, *SERVERS[name])
    try:
        wait_for_processes(deck, server)
        call = {"topic": WORK, "name": "profile", "args": {}}
        assert deck.ask("POST", "/api/calls", call, "producer")[0] == 403
        profile = sampled(deck, server)
        assert deck.state(join("service", "shop", "profile", "GET /other")) is None
    finally:
        server.kill()
    share = shares(profile)
    assert share["work"] > 0.5, share
    assert share["burn"] > 0.5 * share["work"], share
    assert profile["totals"]["samples"] >= ENOUGH
    assert not any(node["name"] == "Monitored.__call__" for node in profile["nodes"].values())
    (burn,) = (node for node in profile["nodes"].values() if node["name"] == "burn")
    assert (burn["file"], burn["own"]) == (str(tmp_path / "shop.py"), True)


def test_endpoints_of_level_3_are_always_profiled(deck: Any, tmp_path: Path) -> None:
    deck.up()
    server = Server(deck, tmp_path, *SERVERS["waitress"])
    try:
        until = time.monotonic() + PATIENCE
        while deck.state(WORK) is None:
            assert time.monotonic() < until, server.said()
            server.ask("/work")
        assert deck.state(PROFILE) is None
        assert deck.ask("POST", "/api/calls", {"topic": WORK, "name": "level", "args": {"level": 3}})[0] == 200
        profile = sampled(deck, server)
    finally:
        server.kill()
    assert shares(profile)["burn"] > 0.5
