"""Programs under `quarterdeck run` on a real hub."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from tests.e2e.producers.programs import Started, written

COMMAND = (sys.executable, "-m", "quarterdeck", "run")
PATIENCE = 60.0


class Runs(Started):
    """Runs programs under `quarterdeck run`."""

    patience = PATIENCE

    def write(self, text: str) -> str:
        return str(written(self.folder / "program.py", text))

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        made = subprocess.Popen([*COMMAND, *arguments], env=self.deck.environment, cwd=self.folder, **options)
        self._started.append(made)
        return made

    def log(self, job: dict[str, Any]) -> list[str]:
        status, answer = self.deck.ask("GET", f"/api/logs/{job['topic'].replace('/', '%2F')}")
        assert status == 200, answer
        return [line["text"] for line in answer["lines"]]
