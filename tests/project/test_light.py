"""`import quarterdeck` stays light: it stands in every user's script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
HEAVY = {"typing", "dataclasses", "logging", "asyncio", "uuid", "json", "http.client", "ssl", "urllib.parse", "sqlite3"}
MODULES = 80
CPU_MS = 20
_LIST = "import sys; sys.path.insert(0, {!r}); import quarterdeck; print(*sys.modules)"
_TIME = """
import sys, time
sys.path.insert(0, {!r})
began = time.process_time()
import quarterdeck
print(time.process_time() - began)
"""


def _say(code: str) -> list[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code.format(str(SRC))], check=True, capture_output=True, text=True
    ).stdout.split()


def test_import_loads_nothing_heavy() -> None:
    loaded = set(_say(_LIST))
    assert not loaded & HEAVY
    assert len(loaded) <= MODULES


def test_import_takes_little_time() -> None:
    best = min(float(_say(_TIME)[0]) for _ in range(5)) * 1000
    assert best <= CPU_MS, f"{best:.1f} ms of CPU"
