"""The class form and the rules of runs, with real worker processes under a real hub."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

CLASSIC = Path(__file__).parents[3] / "examples" / "classic"
SLOW = """
import time
from datetime import timedelta
import quarterdeck as qd
from quarterdeck.components import Text
from quarterdeck.grid import Grid

class Slow(qd.Script):
    def __init__(self):
        self.done = 0
        self.text = Text("text")

    @qd.hooks.schedule(
        run_every=timedelta(days=1), timeout=timedelta(seconds=1), retries=1, backoff=timedelta(seconds=0.2)
    )
    def work(self, seconds: float = 60):
        self.done += 1
        self.text.text = f"begun {self.done}"
        time.sleep(seconds)

    @qd.hooks.schedule(cron="* * * * * *", tz="Asia/Tokyo")
    def tick(self):
        self.ticks = getattr(self, "ticks", 0) + 1

    def render(self):
        return Grid(self.text)
"""


async def test_the_classic_decks_run(deck: Any) -> None:
    for form in ("panel", "class"):
        for path in (CLASSIC / form / "scripts").iterdir():
            place = deck.folder / "scripts" / f"{form}_{path.name}"
            if path.is_dir():
                shutil.copytree(path, place)
            elif path.suffix == ".py":
                shutil.copy(path, place)
    names = [f"{form}_{name}" for form in ("panel", "class") for name in ("demo_grid", "demo_charts", "system")]
    async with deck.hub() as hub:
        for name in names:
            await hub.until(lambda name=name: (hub.values(f"script/{name}").get("runs") or {}).get("done", 0) >= 3)
            values = hub.values(f"script/{name}")
            assert values["form"] == name.partition("_")[0]
            assert not values["attention"], values


async def test_a_run_that_takes_too_long_is_killed_and_retried(deck: Any) -> None:
    (deck.folder / "scripts" / "slow.py").write_text(SLOW)
    async with deck.hub() as hub:
        await hub.until(lambda: (hub.values("script/slow").get("runs") or {}).get("failed") == 2)
        first, second = await hub.runs("script = slow", "hook = work")
        assert {run["reason"] for run in (first, second)} == {"timed out after 1 s"}
        assert (second["cause"], second["attempt"]) == ("retry", 2)
        assert first["pid"] != second["pid"]
        assert first["duration"] < 30_000_000
        answer = await hub.hub.calls.call(
            "script/slow", "trigger", {"hook": "work", "args": {"seconds": 0}}, by="ada", timeout=60
        )
        await hub.until(lambda: hub.values(f"run/{answer['run']}").get("state") == "done")
        kept = hub.values("script/slow/store")["values"]
        assert kept["self.done"] == "1", "what the ended runs did to the attributes is forgotten"
        assert int(kept["self.ticks"]) >= 1
        assert hub.values("script/slow")["hooks"]["tick"]["text"] == "every second, Asia/Tokyo"
