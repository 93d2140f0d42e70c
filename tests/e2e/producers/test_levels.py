"""Levels of endpoints, chosen on the deck: they reach every process of the service, now and later."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.e2e.producers.servers import PATIENCE, SERVERS, Server

from quarterdeck.core.topics import join

CART = join("service", "shop", "endpoint", "GET /cart/<int:number>")
ROUND = 12


def counted(deck: Any, server: Server) -> int:
    """How many of some requests are counted, as soon as all are told: the one without a route comes last."""
    before, unrouted = _counts(deck), _unrouted(deck)
    for number in range(ROUND):
        server.ask(f"/cart/{number}")
        server.ask("/nowhere")
    until = time.monotonic() + PATIENCE
    while _unrouted(deck) - unrouted < ROUND:
        assert time.monotonic() < until, server.said()
        time.sleep(0.1)
    return _counts(deck) - before


def _counts(deck: Any) -> int:
    return sum(((deck.state(CART) or {}).get("status") or {}).values())


def _unrouted(deck: Any) -> int:
    unrouted = deck.state(join("service", "shop", "endpoint", "GET no route")) or {}
    return sum((unrouted.get("status") or {}).values())


def choose(deck: Any, level: int | None) -> None:
    call = {"topic": CART, "name": "level", "args": {"level": level}}
    assert deck.ask("POST", "/api/calls", call, "producer")[0] == 403
    assert deck.ask("POST", "/api/calls", call)[0] == 200


def test_a_level_reaches_every_process_and_is_kept(deck: Any, tmp_path: Path) -> None:
    deck.up()
    server = Server(deck, tmp_path, *SERVERS["gunicorn"][:2])
    try:
        until = time.monotonic() + PATIENCE
        while counted(deck, server) < ROUND:  # processes do not tell in the order of the requests
            assert time.monotonic() < until, server.said()
        choose(deck, 0)
        until = time.monotonic() + PATIENCE
        while counted(deck, server):
            assert time.monotonic() < until, server.said()
        assert server.terminate() == 0
    finally:
        server.kill()
    deck.kill()
    deck.up()
    later = Server(deck, tmp_path, *SERVERS["gunicorn"][:2])
    try:
        assert counted(deck, later) == 0
        assert deck.state(CART)["level"] == 0
        deck.kill()
        deck.up()
        choose(deck, None)
        until = time.monotonic() + PATIENCE
        while counted(deck, later) < ROUND:
            assert time.monotonic() < until, later.said()
        assert deck.state(CART)["level"] == 2
        assert later.terminate() == 0
    finally:
        later.kill()
