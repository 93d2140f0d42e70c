"""Levels of endpoints, chosen on the deck: they reach every process of the service, now and later."""

from __future__ import annotations

import time
from collections.abc import Callable
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
    wait_until(lambda: _unrouted(deck) - unrouted >= ROUND, server)
    return _counts(deck) - before


def wait_until(seen: Callable[[], bool], server: Server) -> None:
    until = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < until, server.said()
        time.sleep(0.1)


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
        wait_until(lambda: counted(deck, server) == ROUND, server)  # processes do not tell in the order of the requests
        choose(deck, 0)
        wait_until(lambda: counted(deck, server) == 0, server)
        assert server.terminate() == 0
    finally:
        server.kill()
    deck.kill()
    deck.up()
    later = Server(deck, tmp_path, *SERVERS["gunicorn"][:2])
    try:
        # The first requests may come before the hub has told what was chosen.
        wait_until(lambda: counted(deck, later) == 0 and deck.state(CART)["level"] == 0, later)
        deck.kill()
        deck.up()
        choose(deck, None)
        wait_until(lambda: counted(deck, later) == ROUND and deck.state(CART)["level"] == 2, later)
        assert later.terminate() == 0
    finally:
        later.kill()
