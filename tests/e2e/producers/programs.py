"""Programs that report to a real hub by themselves."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 20.0


class Programs:
    """Starts programs that report to the deck, and says what it knows of their jobs."""

    def __init__(self, deck: Any, folder: Path) -> None:
        self.deck = deck
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self._environment = {
            **deck.environment,
            "QUARTERDECK_URL": deck.url,
            "QUARTERDECK_TOKEN": deck.tokens["producer"],
        }

    def start(self, text: str, *arguments: str) -> subprocess.Popen[bytes]:
        path = self._folder / "program.py"
        path.write_text(text)
        command = [sys.executable, str(path), *arguments]
        with (self._folder / "printed").open("wb") as printed:
            program = subprocess.Popen(command, env=self._environment, stdout=printed, stderr=subprocess.DEVNULL)
        self._started.append(program)
        return program

    def printed(self) -> str:
        """What the last program wrote to its standard output."""
        return (self._folder / "printed").read_text()

    def end(self) -> None:
        """End what still runs."""
        for program in self._started:
            program.kill()
            program.wait()

    def jobs(self) -> list[dict[str, Any]]:
        status, answer = self.deck.ask("GET", "/api/topics?kind=job&order=started&limit=100")
        assert status == 200
        return [topic["state"] for topic in answer["topics"]]

    def id_of(self, name: str) -> str:
        _, answer = self.deck.ask("GET", "/api/topics?kind=job&order=started&limit=100")
        found = [topic["topic"] for topic in answer["topics"] if topic["state"]["name"] == name]
        return str(found[0]).removeprefix("job/")

    def wait_for(self, name: str, **wanted: Any) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while True:
            found = [job for job in self.jobs() if job["name"] == name and wanted.items() <= job.items()]
            if found:
                return found[-1]
            assert time.monotonic() < until, f"no job {name} with {wanted}: {self.jobs()}"
            time.sleep(0.02)

    def wait_until(self, seen: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until its jobs are so."""
        until = time.monotonic() + PATIENCE
        while not seen(self.jobs()):
            assert time.monotonic() < until, self.jobs()
            time.sleep(0.02)
