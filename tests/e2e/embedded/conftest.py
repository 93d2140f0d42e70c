"""Web applications that start the hub of their dashboard by themselves, under real servers."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SRC = str(Path(__file__).parents[3] / "src")
PATIENCE = 60.0
SHOP = """
from flask import Flask
from quarterdeck import monitor as dashboard

user_app = Flask("shop")
dashboard.config.from_file("config.cfg")

def get_session_id():
    # Implement your own function for obtaining the user variable here.
    return "12345"

dashboard.config.get_group_by = get_session_id
dashboard.bind(app=user_app)

@user_app.route("/")
def index():
    return "the shop"
"""
CONFIG = """
[dashboard]
APP_VERSION=1.0
CUSTOM_LINK=dashboard
USERNAME=admin
PASSWORD=admin
GUEST_USERNAME=guest
GUEST_PASSWORD=['dashboardguest!', 'second_pw!']
DATABASE=sqlite:///{folder}/dashboard.db
GIT={folder}/.git/
TEST_DIR={folder}/tests/
N=5
SUBMIT_RESULTS_URL=http://0.0.0.0:5000/dashboard/submit-test-results
OUTLIER_DETECTION_CONSTANT=2.5
COLORS={{'main':[0,97,255], 'static':[255,153,0]}}
"""
GUNICORN = ("gunicorn", "shop:user_app", "-b", "127.0.0.1:{port}", "-w", "4")
WAITRESS = ("waitress", "--listen", "127.0.0.1:{port}", "shop:user_app")


def wait_for(seen: Callable[[], Any], what: str) -> Any:
    """What is seen, once it is anything."""
    until = time.monotonic() + PATIENCE
    while not (found := seen()):
        assert time.monotonic() < until, f"there is no {what}"
        time.sleep(0.05)
    return found


class Application:
    """The program ``shop.py`` in its folder, and a home for its user."""

    def __init__(self, folder: Path, source: str = SHOP, config: str | None = CONFIG) -> None:
        self.folder = folder
        (folder / "shop.py").write_text(source)
        if config is not None:
            (folder / "config.cfg").write_text(config.format(folder=folder))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        # A short path: there are sockets below it.
        self.state = Path(tempfile.mkdtemp(prefix="qd"))
        # Nor is it to know that it is only tested.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTERDECK_", "PYTEST_"))}
        self.environment = {**kept, "PYTHONPATH": SRC, "XDG_STATE_HOME": str(self.state), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str, listens: bool = True) -> None:
        """Under this server; returns when it listens."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *(part.format(port=self.port) for part in command)],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        if listens:
            wait_for(self._listens, "server")

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def ask(
        self, path: str, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer of the application's."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), given)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def login(self, name: str, password: str, link: str = "dashboard") -> tuple[int, str]:
        """Status, and the cookie."""
        proof = {"name": name, "password": password}
        said = {"Content_Type": "application/json", "Origin": self.url, "Host": f"localhost:{self.port}"}
        status, headers, _ = self.ask(f"/{link}/api/login", "POST", proof, **said)
        return status, {key.lower(): value for key, value in headers.items()}.get("set-cookie", "").partition(";")[0]

    def read(self, path: str, cookie: str) -> Any:
        """What the hub answers behind the dashboard's path."""
        status, _, body = self.ask(path, Cookie=cookie, Host=f"localhost:{self.port}")
        assert status == 200, body
        return json.loads(body)

    def ready(self, link: str = "dashboard") -> None:
        """Returns when the dashboard is there."""
        wait_for(lambda: self.ask(f"/{link}/api/health")[0] == 200, "dashboard")

    def counted(self, cookie: str, link: str = "dashboard") -> dict[str, int]:
        """Requests of every endpoint that the hub knows of."""
        found = self.read(f"/{link}/api/topics?kind=endpoint", cookie)["topics"]
        return {each["state"]["name"]: sum(each["state"]["status"].values()) for each in found}

    def hub(self) -> int:
        """The process of the hub that serves the deck; 0 if there is none."""
        said = [
            json.loads(file.read_text()) for file in [*self.folder.rglob("hub.json"), *self.state.rglob("hub.json")]
        ]
        return next((found["pid"] for found in said if found["pid"] and lives(found["pid"])), 0)

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def login_link(self) -> str:
        """The link that was printed last."""
        found = wait_for(lambda: re.findall(r"15 minutes: (\S+)", self.said()), "login link")
        return str(found[-1])

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.said()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def lives(pid: int) -> bool:
    """Whether the process is there, and is more than what its parent has yet to ask for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Application]]:
    """Makes applications; they and their hubs end with the test."""
    applications: list[Application] = []

    def make(*given: Any, **more: Any) -> Application:
        applications.append(Application(tmp_path, *given, **more))
        return applications[-1]

    yield make
    for application in applications:
        application.end()
        if pid := application.hub():
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda pid=pid: not lives(pid), "end of the hub")
