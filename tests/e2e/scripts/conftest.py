"""A deck with the sample, and hubs on it: in this process, or in one of their own that can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.hub import process
from quarterdeck.hub.clock import SystemClock
from quarterdeck.hub.deck import Deck
from quarterdeck.hub.hub import Hub
from quarterdeck.kinds import all_kinds
from quarterdeck.store.query import parse_query
from quarterdeck.store.sqlite import SqliteStore

LAYOUT = "<Grid><Row><Col md=12><Text id=text text=none /></Col></Row></Grid>"
SAMPLE = """
from datetime import timedelta
from quarterdeck import hooks

@hooks.setup
def setup(panel):
    panel.store["count"] = panel.store.get("count", 0)

@hooks.schedule(run_every=timedelta(seconds=0.5))
def update(panel):
    panel.store["count"] += 1
    panel.components["text"].text = f"value {panel.store['count']}"
    print("counted", panel.store["count"])
"""
SOURCE = str(Path(__file__).parents[3] / "src")
HUB = """
import asyncio, sys
from pathlib import Path
from quarterdeck.hub.clock import SystemClock
from quarterdeck.hub.deck import Deck
from quarterdeck.hub.hub import Hub
from quarterdeck.kinds import all_kinds
from quarterdeck.store.sqlite import SqliteStore

async def main():
    deck = Deck(Path(sys.argv[1]))
    deck.prepare()
    hub = Hub(deck, SqliteStore(deck.database, all_kinds()), SystemClock(), host="127.0.0.1", url="http://127.0.0.1:1")
    hub.board.listen("run", lambda topic, ops, name: print(name, topic, flush=True) if name else None)
    await hub.start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


class Running:
    """A hub that runs, and what it knows."""

    def __init__(self, folder: Path) -> None:
        deck = Deck(folder)
        deck.prepare()
        self.store = SqliteStore(deck.database, all_kinds())
        self.hub = Hub(deck, self.store, SystemClock(), host="127.0.0.1", url="http://127.0.0.1:1")

    async def __aenter__(self) -> Running:
        await self.hub.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.stop()
        self.store.close()

    def values(self, topic: str = "script/sample") -> dict[str, Any]:
        state = self.hub.board.state(topic)
        return state.values if state else {}

    def count(self) -> int:
        return int((self.values("script/sample/store").get("values") or {}).get("count", "0"))

    async def runs(self, *where: str) -> list[dict[str, Any]]:
        page = await self.hub.board.list(parse_query("run", where=where, order="due", limit=1000))
        return [item.state.values for item in page.items]

    async def until(self, wanted: Callable[[], object], seconds: float = 60) -> None:
        for _ in range(round(seconds / 0.02)):
            if wanted():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"it did not happen within {seconds} s; the script: {self.values()}")


class DeckFolder:
    """``write`` makes a script, ``hub`` a hub in this process, ``program`` one in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs: list[asyncio.subprocess.Process] = []

    def end_all(self) -> None:
        """End what a test that failed half-way has left: hubs, and then the workers that outlive them."""
        for program in self.programs:
            if program.returncode is None and process.find(program.pid) is not None:
                os.kill(program.pid, signal.SIGKILL)
                while process.find(program.pid) is not None:
                    time.sleep(0.01)
        store = SqliteStore(Deck(self.folder).database, all_kinds())
        records = [*store.records("workers").values(), *store.records("beside").values()]
        store.close()
        for record in records:
            left = process.find(int(record["pid"]), float(record["started"])) if record.get("pid") else None
            if left is not None:
                left.kill()

    def write(self, script: str, module: str = SAMPLE) -> None:
        place = self.folder / "scripts" / script
        place.mkdir(parents=True, exist_ok=True)
        (place / "layout.html").write_text(LAYOUT)
        (place / "main.py").write_text(module)

    def slow(self, script: str, seconds: float) -> None:
        """The sample, each of its runs as long as this."""
        self.write(script, SAMPLE.replace("    print(", f"    import time; time.sleep({seconds})\n    print("))

    def delete(self, script: str) -> None:
        for file in (self.folder / "scripts" / script).iterdir():
            file.unlink()

    def hub(self) -> Running:
        return Running(self.folder)

    async def program(self) -> asyncio.subprocess.Process:
        made = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HUB, str(self.folder), stdout=asyncio.subprocess.PIPE
        )
        self.programs.append(made)
        return made


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeckFolder]:
    monkeypatch.setenv("PYTHONPATH", SOURCE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = DeckFolder(tmp_path / "deck")
    made.write("sample")
    yield made
    made.end_all()
