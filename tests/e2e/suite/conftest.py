"""Projects whose tests are collected by the real command, and a hub that takes the results."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.e2e.suite.projects import FILES

SRC = str(Path(__file__).parents[3] / "src")


class Project:
    """A folder with tests; ``output`` is what the last command wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = ""
        for name, text in FILES[folder.name].items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith(("QUARTERDECK_", "CI", "GITHUB"))
        }
        self.environment = {**kept, "PYTHONPATH": SRC, "XDG_STATE_HOME": str(folder / "state")}

    def run(self, *arguments: str, **environment: str) -> int:
        """Run Python here; its exit code."""
        made = {**self.environment, **environment}
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=made, check=False, capture_output=True, text=True, timeout=120
        )
        self.output = done.stdout + done.stderr
        return done.returncode

    def results(self) -> Any:
        """What the command wrote into its file."""
        return json.loads((self.folder / "quarterdeck-tests.json").read_text())

    def asked(self) -> set[tuple[str, str]]:
        """Which test asked which endpoint."""
        results = self.results()
        rows = [*results["endpoint_exec_times"], *results["grouped_tests"]]
        return {(row["test_name"].rpartition(".")[2].rpartition("::")[2], row["endpoint"]) for row in rows}


class Receiver:
    """A hub that has started, and tokens for it."""

    def __init__(self, process: Any) -> None:
        process.start()
        self.url = process.url
        self._port = process.port
        made = {scope: process.command("token", "new", scope, "--scope", scope) for scope in ("producer", "guest")}
        self.tokens = {scope: done.stdout.strip() for scope, done in made.items()}

    def ask(self, method: str, path: str, body: Any = None, scope: str | None = "guest") -> tuple[int, Any]:
        """One request; its status and what it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Authorization": f"Bearer {self.tokens[scope]}"} if scope is not None else {}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def state(self, topic: str) -> Any:
        """The state of a topic; None if there is none."""
        status, answer = self.ask("GET", f"/api/topics/{quote(topic, safe='')}")
        return answer["state"] if status == 200 else None

    def list(self, kind: str, service: str) -> list[Any]:
        """The states of a service's topics of a kind."""
        query = urlencode({"kind": kind, "where": f"service = {service}", "limit": 1000})
        return [member["state"] for member in self.ask("GET", f"/api/topics?{query}")[1]["topics"]]


@pytest.fixture
def receiver(sample: Any) -> Receiver:
    return Receiver(sample)


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Project]:
    def make(name: str) -> Project:
        (tmp_path / name).mkdir()
        return Project(tmp_path / name)

    return make
