"""A service in a process of its own, on a hub that is up: it answers the requests that it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import UpProcess

SRC = Path(__file__).parents[2] / "src"
SERVES = """
import sys
from quarterdeck import monitor

monitor.bind(app=shop)
client = shop.test_client()
for line in sys.stdin:
    print(client.get(line.strip(), buffered=True).status_code, flush=True)
"""


class Shop:
    """Takes one request after the other, and says with which status it was answered."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, *paths: str) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        answers = []
        for path in paths:
            self._process.stdin.write(path + "\n")
            self._process.stdin.flush()
            answers.append(self._process.stdout.readline().strip())
        return answers


@contextmanager
def opened(hub: UpProcess, folder: Path, application: str, **environment: str) -> Iterator[Shop]:
    """``application`` is Python that makes the Flask application ``shop``; the hub is started before."""
    hub.start()
    made = hub.command("token", "new", "shop", "--scope", "producer")
    assert made.returncode == 0, made.stderr
    told = {"QUARTERDECK_URL": hub.url, "QUARTERDECK_TOKEN": made.stdout.strip()}
    own = {"PYTHONPATH": str(SRC), "XDG_STATE_HOME": str(folder / "producer")}
    file = folder / "shop.py"
    file.write_text(application + SERVES)
    process = subprocess.Popen(
        [sys.executable, str(file)],
        env={**os.environ, **own, **told, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield Shop(process)
        process.kill()
