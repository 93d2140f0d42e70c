"""Web servers that run a monitored service, and requests to them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 60.0
MOST_GROWTH = 20_000
"""Kilobytes that a process may grow by, whatever does not take what it tells."""
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
UVICORN = ("uvicorn", "shop:shop", "--port", "{port}")
SERVERS = {
    "gunicorn": (SHOP, GUNICORN, "/cart/<int:number>"),
    "gunicorn-preload": (SHOP, (*GUNICORN, "--preload"), "/cart/<int:number>"),
    "gunicorn-recycled": (SHOP, (*GUNICORN, "--max-requests", "20"), "/cart/<int:number>"),
    "gunicorn-threads": (SHOP, (*GUNICORN, "--threads", "4"), "/cart/<int:number>"),
    "gunicorn-gevent": (SHOP, (*GUNICORN, "--preload", "-k", "gevent"), "/cart/<int:number>"),
    "waitress": (SHOP, ("waitress", "--listen", "127.0.0.1:{port}", "shop:shop"), "/cart/<int:number>"),
    "uvicorn": (FAST, UVICORN, "/cart/{{number}}"),
    "uvicorn-workers": (FAST, (*UVICORN, "--workers", "2"), "/cart/{{number}}"),
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

    @property
    def pid(self) -> int:
        return self._process.pid

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


def sums(*counts: dict[str, int]) -> dict[str, int]:
    """By status, all of them together."""
    return {status: sum(each.get(status, 0) for each in counts) for status in {key for each in counts for key in each}}


def memory(pid: int) -> int:
    """Kilobytes that a process has in use."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def until(ask: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """The first answer that is as wished, in patience."""
    end = time.monotonic() + PATIENCE
    while not enough(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found
