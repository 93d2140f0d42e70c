"""A hub under test: a real ``quarterdeck up`` on a deck made for the measurement."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Hub:
    """A running hub: its port, its process, and tokens of both roles."""

    def __init__(self, deck: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.deck = deck
        self.port = port
        self.process = process
        self.admin = token(deck, "viewer", "admin")
        self.producer = token(deck, "producer", "producer")
        self._connection: http.client.HTTPConnection | None = None

    def cpu(self) -> float:
        """Seconds of processor time that the hub's own process has used."""
        return cpu_seconds(self.process.pid)

    def get(self, path: str) -> bytes:
        """The body of an answer to an admin; raises OSError if it is not 200."""
        return self._ask("GET", path)

    def call(self, topic: str, name: str, args: dict[str, object]) -> None:
        """Call something as an admin; raises OSError if it is refused."""
        self._ask("POST", "/api/calls", json.dumps({"topic": topic, "name": name, "args": args}))

    def _ask(self, method: str, path: str, sent: str | None = None) -> bytes:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        self._connection.request(method, path, sent, {"Authorization": f"Bearer {self.admin}"})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise OSError(f"{path}: {answer.status} {body[:200]!r}")
        return body


def cpu_seconds(pid: int) -> float:
    """Seconds of processor time (user and system) that a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def token(deck: Path, name: str, scope: str) -> str:
    """A new token of the deck, as the command line prints it."""
    command = [sys.executable, "-m", "quarterdeck", "token", "new", name, "--scope", scope, "--deck", str(deck)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def wait_for_page(port: int, path: str = "/", seconds: float = 20.0) -> bytes:
    """The first 200 answer of a page; raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            if answer.status == 200:
                return body
        except OSError:
            time.sleep(0.005)
    raise TimeoutError(f"no page at port {port} within {seconds} s")


@contextlib.contextmanager
def running_hub(
    scripts: dict[str, dict[str, str]] | None = None,
    environment: dict[str, str] | None = None,
    prepare: Callable[[Path], None] | None = None,
) -> Iterator[Hub]:
    """A hub on a new deck; ``scripts`` is {script: {file: text}}.  The hub and its workers end with the block.

    ``prepare`` gets the deck's folder before the hub starts.
    """
    folder = Path(tempfile.mkdtemp(prefix="quarterdeck-bench-"))
    if prepare is not None:
        prepare(folder)
    for script, files in (scripts or {}).items():
        (folder / "scripts" / script).mkdir(parents=True)
        for file, text in files.items():
            (folder / "scripts" / script / file).write_text(text)
    port = free_port()
    command = [sys.executable, "-m", "quarterdeck", "up", str(folder), "--port", str(port), "--no-open"]
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        )
    try:
        wait_for_page(port, "/api/health")
        yield Hub(folder, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)
