"""Monitored services under real servers: requests sent are requests counted, whatever happens to either side."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.producers.servers import GUNICORN, MOST_GROWTH, SERVERS, SHOP, Server, load, memory, sums, until

from quarterdeck.core.topics import join


@pytest.mark.parametrize("name", SERVERS)
def test_totals_are_exact_when_the_server_is_terminated(deck: Any, tmp_path: Path, name: str) -> None:
    source, command, route = SERVERS[name]
    deck.up()
    server = Server(deck, tmp_path, source, command)
    try:
        expected = load(server, 400)
        code = server.terminate()
    finally:
        server.kill()
    deck.bring()
    assert set(expected) == {"200", "404", "500"}
    assert code in (0, -signal.SIGTERM), server.said()
    shop = deck.state("service/shop")
    assert shop["status"] == expected, server.said()
    assert shop["processes"] == {}
    routed = deck.state(join("service", "shop", "endpoint", "GET " + route.replace("{{", "{").replace("}}", "}")))
    unrouted = deck.state(join("service", "shop", "endpoint", "GET no route"))
    assert {**routed["status"], **unrouted["status"]} == expected


@pytest.mark.parametrize("more", [(), ("--preload", "--max-requests", "50")], ids=["workers", "recycled"])
def test_totals_are_exact_though_the_hub_is_killed_under_load(deck: Any, tmp_path: Path, more: tuple[str, ...]) -> None:
    deck.up()
    server = Server(deck, tmp_path, SHOP, (*GUNICORN, *more))
    expected: dict[str, int] = {}
    try:
        for _ in range(3):
            kill = threading.Timer(0.4, deck.kill)
            kill.start()
            expected = sums(expected, load(server, 400))
            kill.join()
            deck.up()
        assert server.terminate() == 0, server.said()
    finally:
        server.kill()
    deck.kill()
    deck.up()  # what the server could not tell any more is in its spool, which the next producer sends
    deck.bring()
    assert deck.state("service/shop")["status"] == expected
    assert deck.state("service/shop/callers/1.0")["ips"] == {"127.0.0.1": sum(expected.values())}


def test_a_hub_that_stands_still_costs_a_service_neither_time_nor_memory(deck: Any, tmp_path: Path) -> None:
    deck.up()
    server = Server(deck, tmp_path, *SERVERS["waitress"][:2])
    try:
        expected = sums(load(server, 200))
        until(lambda: deck.state("service/shop"), lambda found: found is not None and found["status"] == expected)
        before = memory(server.pid)
        os.kill(deck.pid, signal.SIGSTOP)
        expected = sums(expected, load(server, 2000))
        assert memory(server.pid) - before < MOST_GROWTH
        os.kill(deck.pid, signal.SIGCONT)
        until(lambda: deck.state("service/shop"), lambda found: found["status"] == expected)
    finally:
        server.kill()


def test_a_worker_that_is_killed_is_no_longer_named(deck: Any, tmp_path: Path) -> None:
    deck.up()
    server = Server(deck, tmp_path, *SERVERS["gunicorn"][:2])
    try:
        load(server, 100)
        pids = until(lambda: named(deck), lambda found: len(found) > 0)
        killed = min(pids)
        os.kill(killed, signal.SIGKILL)
        assert killed not in until(lambda: named(deck), lambda found: killed not in found)
        assert server.terminate() == 0, server.said()
        deck.bring()
        assert named(deck) == set()
    finally:
        server.kill()


def named(deck: Any) -> set[int]:
    """The processes that the service is said to have."""
    shop = deck.state("service/shop") or {}
    return {process["pid"] for process in shop.get("processes", {}).values()}


def test_a_service_without_a_hub_answers_as_ever(deck: Any, tmp_path: Path) -> None:
    server = Server(deck, tmp_path, *SERVERS["waitress"][:2])
    try:
        expected = load(server, 100)
        assert expected.keys() == {"200", "404", "500"}
        began = time.monotonic()
        assert server.terminate() == -signal.SIGTERM
        assert time.monotonic() - began < 5
    finally:
        server.kill()
    deck.up()
    deck.bring()
    assert deck.state("service/shop")["status"] == expected
    assert deck.state("service/shop/callers/1.0")["ips"] == {"127.0.0.1": 100}
