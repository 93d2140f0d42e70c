"""Programs under `quarterdeck run` on a real hub."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = (sys.executable, "-m", "quarterdeck", "run")
PATIENCE = 30.0


class Runs:
    """Runs programs under `quarterdeck run`, and says what the deck knows of them."""

    def __init__(self, deck: Any, folder: Path) -> None:
        self.deck = deck
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def write(self, text: str) -> str:
        path = self.folder / "program.py"
        path.write_text(text)
        return str(path)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        made = subprocess.Popen([*COMMAND, *arguments], env=self.deck.environment, cwd=self.folder, **options)
        self._started.append(made)
        return made

    def end(self) -> None:
        for program in self._started:
            program.kill()
            program.communicate()

    def jobs(self) -> list[dict[str, Any]]:
        status, answer = self.deck.ask("GET", "/api/topics?kind=job&order=started&limit=100")
        assert status == 200
        return [{"topic": found["topic"], **found["state"]} for found in answer["topics"]]

    def wait_for(self, name: str, **wanted: Any) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while True:
            found = [job for job in self.jobs() if job["name"] == name and wanted.items() <= job.items()]
            if found:
                return found[-1]
            assert time.monotonic() < until, f"no job {name} with {wanted}: {self.jobs()}"
            time.sleep(0.02)

    def log(self, job: dict[str, Any]) -> list[str]:
        status, answer = self.deck.ask("GET", f"/api/logs/{job['topic'].replace('/', '%2F')}")
        assert status == 200, answer
        return [line["text"] for line in answer["lines"]]
