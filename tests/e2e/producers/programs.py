"""Programs that report to a real hub by themselves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 60.0


def written(path: Path, text: str) -> Path:
    """The file with this text, replaced at once: a program that was started just before may not have read it yet."""
    new = path.with_suffix(".new")
    new.write_text(text)
    return new.replace(path)


NEXT = "import quarterdeck as qd; qd.topic('lab/next').set(a=1); assert qd.connect().flush(60)"


def bring(environment: dict[str, str]) -> None:
    """Send what programs of this environment had to leave at their end, as the next one would.

    None of them waits long for a hub, and on a busy machine it needs longer.
    """
    for spool in (Path(environment["XDG_STATE_HOME"]) / "quarterdeck").glob("spool-*.db"):
        if spool.stem.endswith("-here") == ("QUARTERDECK_URL" not in environment) and _keeps(spool):
            subprocess.run([sys.executable, "-c", NEXT], env=environment, check=True, timeout=PATIENCE)


def _keeps(spool: Path) -> bool:
    with closing(sqlite3.connect(spool, timeout=PATIENCE)) as file:
        made = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches'").fetchone()
        return made is not None and file.execute("SELECT 1 FROM batches").fetchone() is not None


def _family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


class Started:
    """Programs that were started on a deck, and what it knows of their jobs."""

    patience = PATIENCE

    def __init__(self, deck: Any, folder: Path) -> None:
        self.deck = deck
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def end(self) -> None:
        """End what still runs, with all that it has started."""
        for program in self._started:
            family = _family(program.pid) if program.poll() is None else []
            program.kill()
            for child in family:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            program.communicate()

    def jobs(self) -> list[dict[str, Any]]:
        status, answer = self.deck.ask("GET", "/api/topics?kind=job&order=started&limit=100")
        assert status == 200
        return [{"topic": found["topic"], **found["state"]} for found in answer["topics"]]

    def place(self, job: dict[str, Any]) -> dict[str, Any]:
        """What is told of where it was opened."""
        found: dict[str, Any] = self.deck.state(f"place/{job['place']}")
        return found

    def wait_for(self, name: str, *fields: str, **wanted: Any) -> dict[str, Any]:
        """The job, as soon as it is so and has these fields: it and who runs it do not tell at the same time."""

        def found(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
            named = [job for job in jobs if job["name"] == name and wanted.items() <= job.items()]
            return [job for job in named if job.keys() >= set(fields)]

        return found(self.wait_until(lambda jobs: bool(found(jobs))))[-1]

    def wait_until(self, seen: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Its jobs, as soon as they are so."""
        until = time.monotonic() + self.patience
        while not seen(jobs := self.jobs()):
            assert time.monotonic() < until, jobs
            self.deck.bring()
            time.sleep(0.02)
        return jobs


class Programs(Started):
    """Starts programs that report to the deck by themselves."""

    def __init__(self, deck: Any, folder: Path) -> None:
        super().__init__(deck, folder)
        self._environment = {
            **deck.environment,
            "QUARTERDECK_URL": deck.url,
            "QUARTERDECK_TOKEN": deck.tokens["producer"],
        }

    def start(self, text: str, *arguments: str) -> subprocess.Popen[bytes]:
        path = written(self.folder / "program.py", text)
        command = [sys.executable, str(path), *arguments]
        with (self.folder / "printed").open("wb") as printed:
            program = subprocess.Popen(command, env=self._environment, stdout=printed, stderr=subprocess.DEVNULL)
        self._started.append(program)
        return program

    def printed(self) -> str:
        """What the last program wrote to its standard output."""
        return (self.folder / "printed").read_text()

    def id_of(self, name: str) -> str:
        found = [job["topic"] for job in self.jobs() if job["name"] == name]
        return str(found[0]).removeprefix("job/")
