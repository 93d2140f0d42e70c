"""Runs beside each other in real processes: store, log, panel, deaths, and a hub that is killed meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

from quarterdeck.hub.logs import read_log
from quarterdeck.hub.process import find

SCRIPT = """
import os, time
from datetime import timedelta
from quarterdeck import hooks

@hooks.setup
def setup(panel):
    panel.store["begun"] = 0

@hooks.schedule(run_every=timedelta(seconds=0.7), overlap="allow", parallel=3)
def work(panel):
    me = os.getpid()
    panel.store["begun"] += 1
    panel.store[f"seen by {me}"] = len([key for key in panel.store if key.startswith("done by")])
    for number in range(SECONDS * 10):
        print("line of", me)
        time.sleep(0.1)
    panel.components["text"].text = f"ended {me}"
    panel.store[f"done by {me}"] = True
"""


def pids(hub: Any) -> list[int]:
    return [process.pid for process, _ in hub.hub.scripts.scripts["sample"].beside.processes.values()]


async def test_three_at_a_time_with_a_log_of_their_own_and_one_store(deck: Any) -> None:
    deck.write("sample", SCRIPT.replace("SECONDS", "2"))
    async with deck.hub() as hub:
        await hub.until(lambda: len(pids(hub)) == 2)
        await hub.until(lambda: (hub.values().get("runs") or {}).get("done", 0) >= 8)
        assert hub.values()["runs"]["skipped"] >= 1
        done = [run for run in await hub.runs("state = done") if run["hook"] == "work"]
        assert len({run["pid"] for run in done}) >= 4
        for run in done:
            lines = [line["text"] for line in read_log(hub.hub.deck.logs, run["log"]).lines]
            assert lines == [f"line of {run['pid']}"] * 20
            assert [entry[2] for entry in run["tail"]] == lines if "tail" in run else True
        kept = hub.values("script/sample/store")["values"]
        assert {f"done by {run['pid']}" for run in done} <= set(kept), "each wrote its own keys"
        worker = hub.hub.scripts.scripts["sample"].worker.process.pid
        stored: Any = lambda: hub.values("script/sample/store")["values"]  # noqa: E731
        # The worker learns what ran beside it stored.
        await hub.until(lambda: int(stored().get(f"seen by {worker}", 0)) >= 3)
        assert hub.values("script/sample/panel/text")["text"].startswith("ended ")
    assert all(find(run["pid"]) is None for run in done)


async def test_one_is_cancelled_and_one_is_killed(deck: Any) -> None:
    deck.write("sample", SCRIPT.replace("SECONDS", "30"))
    async with deck.hub() as hub:
        await hub.until(lambda: len(pids(hub)) == 2)
        worker = hub.hub.scripts.scripts["sample"].worker.process.pid
        until = time.monotonic() + 30
        while not {worker, *pids(hub)} <= {
            run.get("pid") for run in await hub.runs("state = running") if "tail" in run
        }:
            assert time.monotonic() < until, "not all three run"
            await asyncio.sleep(0.2)
        first, second = pids(hub)
        ids = list(hub.hub.scripts.scripts["sample"].beside.processes)
        await hub.hub.calls.call("script/sample", "cancel", {"run": ids[0]}, by="ada")
        os.kill(second, signal.SIGKILL)
        await hub.until(lambda: not {first, second} & set(pids(hub)))
        (cancelled,) = await hub.runs("state = cancelled")
        (lost,) = await hub.runs("state = lost")
        assert (cancelled["pid"], cancelled["reason"]) == (first, "cancelled by ada")
        assert lost["pid"] == second
        assert lost["reason"].startswith("its process was killed by SIGKILL")
        assert lost["tail"][-1][2] == f"line of {second}"
        assert find(worker) is not None
        place = hub.hub.deck.logs / "script" / "sample" / "beside"
        assert not (place / ids[0]).exists(), "nothing is left of its files but the log"


async def test_they_outlive_a_hub_that_is_killed(deck: Any) -> None:
    deck.write("sample", SCRIPT.replace("SECONDS", "9"))
    program = await deck.program()
    begun: list[bytes] = []
    while len(begun) < 4:  # setup is one
        line = await asyncio.wait_for(program.stdout.readline(), 30)
        begun += [line] if line.startswith(b"run.started") else []
    program.kill()
    await program.wait()
    runs = [line.split()[1].decode() for line in begun]
    async with deck.hub() as hub:
        states: Any = lambda: {hub.values(run).get("state") for run in runs}  # noqa: E731
        await hub.until(lambda: states() == {"done", "running"})
        await hub.until(lambda: states() == {"done"}, 60)
        for run in runs[1:]:
            values = hub.values(run)
            lines = [line["text"] for line in read_log(hub.hub.deck.logs, values["log"]).lines]
            assert lines == [f"line of {values['pid']}"] * 90


GREEDY = """
import os, time
from datetime import timedelta
from quarterdeck import hooks

@hooks.setup
def setup(panel):
    panel.store["worker"] = os.getpid()

@hooks.schedule(run_every=timedelta(seconds=1), overlap="allow", parallel=2)
def work(panel):
    if os.getpid() != panel.store["worker"]:
        greed = [bytearray(b"x" * 1_000_000) for _ in range(400)]
    time.sleep(4)
"""


async def test_the_memory_of_a_script_is_the_limit_of_each(deck: Any) -> None:
    deck.write("sample", GREEDY)
    (deck.folder / "quarterdeck.toml").write_text('[script.sample]\nmemory = "200 MB"\n')
    async with deck.hub() as hub:
        await hub.until(lambda: (hub.values().get("runs") or {}).get("failed", 0) >= 1)
        failed = (await hub.runs("state = failed"))[0]
        assert failed["error"]["type"] == "OutOfMemory"
        assert failed["reason"].startswith("its process used ")
        assert "raise memory in [script.sample]" in failed["hint"]
        await hub.until(lambda: (hub.values().get("runs") or {}).get("done", 0) >= 2)
