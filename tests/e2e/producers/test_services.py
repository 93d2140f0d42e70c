"""Monitored services under real servers: requests sent are requests counted, whatever happens to either side."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.core.topics import join

PATIENCE = 30.0
SHOP = '''
from flask import Flask
from quarterdeck import monitor

shop = Flask("shop")

@shop.get("/cart/<int:number>")
def cart(number):
    """What is in a cart."""
    if number == 13:
        raise ValueError(number)
    return f"cart {number}"

monitor.bind(app=shop)
'''
FAST = """
from fastapi import FastAPI
from quarterdeck import monitor

shop = FastAPI(title="shop")

@shop.get("/cart/{number}")
async def cart(number: int):
    if number == 13:
        raise ValueError(number)
    return f"cart {number}"

monitor.bind(app=shop)
"""
GUNICORN = ("gunicorn", "shop:shop", "-w", "4", "-b", "127.0.0.1:{port}")
SERVERS = {
    "gunicorn": (SHOP, GUNICORN, "/cart/<int:number>"),
    "gunicorn-preload": (SHOP, (*GUNICORN, "--preload"), "/cart/<int:number>"),
    "gunicorn-recycled": (SHOP, (*GUNICORN, "--max-requests", "20"), "/cart/<int:number>"),
    "gunicorn-threads": (SHOP, (*GUNICORN, "--threads", "4"), "/cart/<int:number>"),
    "waitress": (SHOP, ("waitress", "--listen", "127.0.0.1:{port}", "shop:shop"), "/cart/<int:number>"),
    "uvicorn": (FAST, ("uvicorn", "shop:shop", "--port", "{port}"), "/cart/{{number}}"),
}


class Server:
    """A web server in a process of its own."""

    def __init__(self, deck: Any, folder: Path, source: str, command: tuple[str, ...]) -> None:
        (folder / "shop.py").write_text(source)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        environment = {
            **deck.environment,
            "QUARTERDECK_URL": deck.url,
            "QUARTERDECK_TOKEN": deck.tokens["producer"],
        }
        self._log = folder / "server.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *(part.format(port=self.port) for part in command)],
                env=environment,
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while not self._listens():
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.05)

    def ask(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def said(self) -> str:
        return self._log.read_text()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def load(server: Server, requests: int) -> dict[str, int]:
    """So many requests by four clients at once; how many were answered with each status."""
    paths = [f"/cart/{number % 20}" if number % 7 else "/nowhere" for number in range(requests)]
    counts: dict[str, int] = {}
    with ThreadPoolExecutor(4) as clients:
        for status in clients.map(server.ask, paths):
            counts[str(status)] = counts.get(str(status), 0) + 1
    return counts


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
    assert set(expected) == {"200", "404", "500"}
    assert code in (0, -signal.SIGTERM), server.said()
    shop = deck.state("service/shop")
    assert shop["status"] == expected, server.said()
    assert shop["processes"] == {}
    routed = deck.state(join("service", "shop", "endpoint", "GET " + route.replace("{{", "{").replace("}}", "}")))
    unrouted = deck.state(join("service", "shop", "endpoint", "GET no route"))
    assert {**routed["status"], **unrouted["status"]} == expected


def test_totals_are_exact_though_the_hub_is_killed_under_load(deck: Any, tmp_path: Path) -> None:
    deck.up()
    server = Server(deck, tmp_path, *SERVERS["gunicorn"][:2])
    expected: dict[str, int] = {}
    try:
        for _ in range(3):
            kill = threading.Timer(0.4, deck.kill)
            kill.start()
            for status, count in load(server, 600).items():
                expected[status] = expected.get(status, 0) + count
            kill.join()
            deck.up()
        assert server.terminate() == 0, server.said()
    finally:
        server.kill()
    deck.kill()
    deck.up()  # what the server could not tell any more is in its spool, which the next producer sends
    forward(deck)
    assert deck.state("service/shop")["status"] == expected


def test_a_service_without_a_hub_answers_as_ever(deck: Any, tmp_path: Path) -> None:
    server = Server(deck, tmp_path, *SERVERS["waitress"][:2])
    try:
        assert load(server, 100).keys() == {"200", "404", "500"}
        began = time.monotonic()
        assert server.terminate() == -signal.SIGTERM
        assert time.monotonic() - began < 5
    finally:
        server.kill()


def forward(deck: Any) -> None:
    """Any producer sends what others before it had to leave."""
    environment = {**deck.environment, "QUARTERDECK_URL": deck.url, "QUARTERDECK_TOKEN": deck.tokens["producer"]}
    program = "import quarterdeck as qd; qd.topic('lab/x').set(a=1); assert qd.connect().flush(20)"
    subprocess.run([sys.executable, "-c", program], env={**os.environ, **environment}, check=True, timeout=60)
