"""Programs with a dashboard, each with a home of its own, as if another user had started it."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.producers.programs import written

SRC = str(Path(__file__).parents[3] / "src")
PATIENCE = 60.0


def wait_for(seen: Callable[[], Any], what: str) -> Any:
    """What is seen, once it is anything."""
    until = time.monotonic() + PATIENCE
    while not (found := seen()):
        assert time.monotonic() < until, f"there is no {what}"
        time.sleep(0.02)
    return found


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Home:
    """A user's folders, and the programs that the user starts; ``environment`` is theirs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        # A short path: there are sockets below it.
        self._own = Path(tempfile.mkdtemp(prefix="qd"))
        self.passing = self._own / "passing"
        self.passing.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUARTERDECK_")}
        own = {"XDG_STATE_HOME": str(self._own / "state"), "TMPDIR": str(self.passing)}
        self.environment = {**kept, **own, "PYTHONPATH": SRC, "PYTHONUNBUFFERED": "1"}
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Python, with these arguments."""
        own = {**self.environment, **environment}
        with (self.folder / "errors").open("a") as errors:
            program = subprocess.Popen(
                [sys.executable, *command], env=own, cwd=self.folder, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self._started.append(program)
        return program

    def program(self, text: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """A program of this text."""
        path = written(self.folder / "program.py", text)
        return self.start(str(path), *arguments, **environment)

    def errors(self) -> str:
        """What was written to standard error."""
        return (self.folder / "errors").read_text()

    def files(self) -> list[str]:
        """What dashboards have left for others to find, and where they keep what goes with them."""
        ports = [path.name for path in (self._own / "state").rglob("port-*")]
        return ports + [path.name for path in self.passing.iterdir()]

    def end(self) -> None:
        """End what still runs."""
        for program in self._started:
            if program.poll() is None:
                program.send_signal(signal.SIGCONT)
                program.terminate()
            program.communicate(timeout=PATIENCE)
        shutil.rmtree(self._own)


class Dashboard:
    """``quarterdeck dashboard``, its two ports and its login link."""

    def __init__(self, home: Home, *arguments: str) -> None:
        self.home = home
        self.process = home.start("-m", "quarterdeck", "dashboard", *arguments)
        said = iter(self.process.stdout or [])
        self.lines = [*iter(lambda: next(said), "Ctrl-C ends it.\n")]
        self.text = "".join(self.lines)
        self.page = int(re.findall(r"started on http://\S+:(\d+)", self.text)[0])
        self.port = int(re.findall(r"listening on \S+:(\d+)", self.text)[0])
        self.link = re.findall(r"http://\S+#code=\S+", self.text)[0]

    def command(self, *arguments: str) -> str:
        """Another command of the same user; what it prints."""
        command = [sys.executable, "-m", "quarterdeck", *arguments]
        where: Any = {"env": self.home.environment, "cwd": self.home.folder, "text": True, "timeout": PATIENCE}
        done: str = subprocess.run(command, **where, stdout=subprocess.PIPE, check=True).stdout
        return done.strip()

    def all_jobs(self) -> list[dict[str, Any]]:
        """The state of each job."""
        return self.states("prefix=job")

    def states(self, query: str) -> list[dict[str, Any]]:
        """The states of a list."""
        # As commands find it; each of them would take a while to start.
        said = json.loads(next(self.home.passing.parent.glob("state/quarterdeck/hub-*.json")).read_text())
        asked = urllib.request.Request(f"http://localhost:{self.page}/api/topics?{query}&limit=1000")
        asked.add_header("Authorization", f"Bearer {said['token']}")
        with urllib.request.urlopen(asked) as answer:
            return [topic["state"] for topic in json.load(answer)["topics"]]

    def jobs(self) -> dict[str, dict[str, Any]]:
        """The same, by name."""
        return {state["name"]: state for state in self.all_jobs()}

    def wait_for(self, name: str, state: str) -> dict[str, Any]:
        """The job, once it is so."""

        def seen() -> dict[str, Any] | None:
            job = self.jobs().get(name, {})
            return job if job.get("state") == state else None

        found: dict[str, Any] = wait_for(seen, f"job {name} that is {state}")
        return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    yield made
    made.end()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Home]:
    """Another user, or another machine: nothing of the first one's home is there."""
    made = Home(tmp_path / "elsewhere")
    yield made
    made.end()


@pytest.fixture
def ports() -> range:
    """Free ports for one test, below those that systems give to connections."""
    for _ in range(100):
        first = random.randrange(12_000, 32_000)
        found = range(first, first + 20)
        if all(map(is_free, found)):
            return found
    raise AssertionError("there are no twenty free ports in a row")


@pytest.fixture
def wait() -> Callable[[Callable[[], Any], str], Any]:
    return wait_for
