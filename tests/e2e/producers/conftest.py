"""A deck with a real hub in a process of its own, which can be killed and started again at the same address."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.e2e.producers.programs import Programs, bring
from tests.e2e.producers.running import Runs

SRC = str(Path(__file__).parents[3] / "src")
COMMAND = (sys.executable, "-c", "from quarterdeck.cli.main import entry; entry()")
PATIENCE = 60.0


class Deck:
    """``up`` starts the hub, by what is ``before`` its command, if anything is; ``kill`` ends it as kill -9 does."""

    before: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PYTHONPATH": SRC, "XDG_STATE_HOME": str(folder.parent / "state")}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.tokens = {scope: self.run("token", "new", scope, "--scope", scope) for scope in ("producer", "admin")}
        self._hub: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> str:
        """A command on this deck; what it prints."""
        command = [*COMMAND, *arguments, "--deck", str(self.folder)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip()

    def up(self) -> None:
        command = [*self.before, *COMMAND, "up", str(self.folder), "--port", str(self.port)]
        log = (self.folder.parent / "hub.log").open("ab")
        with log:
            self._hub = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._hub.poll() is None, (self.folder.parent / "hub.log").read_text()
            assert time.monotonic() < until, "the hub does not answer"
            time.sleep(0.01)

    @property
    def pid(self) -> int:
        """The process of the hub."""
        assert self._hub is not None
        return self._hub.pid

    def kill(self) -> None:
        if self._hub is not None:
            self._hub.kill()
            self._hub.wait()
            self._hub = None

    def bring(self) -> None:
        """What programs had to leave at their end is sent, of those that have found the hub and of those told of it."""
        bring(self.environment)
        bring({**self.environment, "QUARTERDECK_URL": self.url, "QUARTERDECK_TOKEN": self.tokens["producer"]})

    def ask(self, method: str, path: str, body: Any = None, scope: str = "admin") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.tokens[scope]}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()

    def bytes(self, path: str) -> bytes:
        """A file."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.tokens['admin']}"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def state(self, topic: str) -> Any:
        """The state of a topic, None if there is none."""
        status, answer = self.ask("GET", f"/api/topics/{quote(topic, safe='')}")
        return answer["state"] if status == 200 else None

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/api/health")[0] == 200
        except OSError:
            return False


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    folder = tmp_path / "deck"
    folder.mkdir()
    deck = Deck(folder)
    yield deck
    deck.kill()


@pytest.fixture
def idle(deck: Deck, tmp_path: Path) -> Iterator[Runs]:
    """Programs to run; the hub is not up."""
    made = Runs(deck, tmp_path)
    yield made
    made.end()


@pytest.fixture
def runs(idle: Runs) -> Runs:
    """Programs to run on a hub that is up."""
    idle.deck.up()
    return idle


@pytest.fixture
def programs(deck: Deck, tmp_path: Path) -> Iterator[Programs]:
    deck.up()
    made = Programs(deck, tmp_path)
    yield made
    made.end()
