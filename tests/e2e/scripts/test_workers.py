"""Real worker processes under a real hub, without the web."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from tests.e2e.scripts.conftest import SAMPLE


async def test_the_sample_runs_in_one_warm_worker(deck: Any) -> None:
    async with deck.hub() as hub:
        await hub.until(lambda: hub.count() >= 4)
        values = hub.values()
        assert values["state"] in ("idle", "running")
        assert values["hooks"]["update"]["text"] == "every 0.5 seconds"
        assert values["lately"]["setup"]["last_state"] == "done"
        await hub.until(lambda: hub.values("script/sample/panel/text")["text"] == f"value {hub.count()}")
        done = await hub.runs("state = done")
        assert len({run["pid"] for run in done}) == 1
        last = [run for run in done if run["hook"] == "update"][-1]
        source, text = last["tail"][-1][1:]
        assert (source, text.split()[0]) == ("O", "counted")
        assert min(run["late"] for run in done if run["hook"] == "update") < 1_000_000


async def test_a_killed_worker_loses_its_run_and_the_next_one_goes_on(deck: Any) -> None:
    hold = deck.folder / "hold"
    waits = f"    import os, time\n    while os.path.exists({str(hold)!r}): time.sleep(0.01)\n    print("
    deck.write("sample", SAMPLE.replace("    print(", waits))
    async with deck.hub() as hub:
        await hub.until(lambda: hub.count() >= 2)
        hold.touch()
        since = time.time_ns() // 1000
        await hub.until(lambda: hub.values(f"run/{hub.values().get('running')}").get("started", 0) > since)
        lost, count, pid = hub.values()["running"], hub.count(), hub.values()["worker"]["pid"]
        os.kill(pid, signal.SIGKILL)
        hold.unlink()
        await hub.until(lambda: hub.values(f"run/{lost}")["state"] == "lost")
        assert hub.values(f"run/{lost}")["reason"].startswith("its worker was killed by SIGKILL")
        await hub.until(lambda: hub.count() >= count + 3)
        assert hub.values()["worker"]["pid"] != pid
        assert hub.values()["runs"]["lost"] == 1
        assert len(await hub.runs("hook = setup")) == 1


async def test_a_worker_that_ends_itself_says_how(deck: Any) -> None:
    deck.write(
        "exits",
        "import os\nfrom datetime import timedelta\nfrom quarterdeck import hooks\n"
        "@hooks.schedule(run_every=timedelta(hours=1))\ndef update(panel):\n    os._exit(7)\n",
    )
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/exits").get("last_state") == "lost")
        run = hub.values("script/exits")["last_run"]
        assert hub.values(f"run/{run}")["reason"] == "its worker ended with exit code 7"


async def test_an_edit_reloads_and_a_broken_one_tells_why(deck: Any) -> None:
    async with deck.hub() as hub:
        await hub.until(lambda: hub.count() >= 1)
        deck.write("sample", "def update(panel:\n    pass\n")
        await hub.until(lambda: hub.values()["state"] == "broken")
        values = hub.values()
        assert values["error"]["file"] == "main.py"
        assert "SyntaxError" in values["traceback"]
        count = hub.count()
        deck.write("sample")
        await hub.until(lambda: hub.count() > count + 1)
        assert hub.values()["error"] is None
        assert len(await hub.runs("hook = setup")) == 1, "the version that had been set up is back"


async def test_new_and_deleted_scripts_are_seen_at_once(deck: Any) -> None:
    async with deck.hub() as hub:
        deck.write("other")
        await hub.until(lambda: hub.values("script/other").get("last_state") == "done")
        deck.delete("other")
        await hub.until(lambda: not hub.values("script/other"))
        assert await hub.runs("script = other")
        assert hub.values("script/other/store")


async def test_a_run_that_hangs_is_cancelled_with_its_worker(deck: Any) -> None:
    deck.slow("hangs", 3600)
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/hangs").get("reason") == "update")
        run = hub.values("script/hangs")["running"]
        await hub.hub.calls.call("script/hangs", "cancel", {"run": run}, by="ada")
        await hub.until(lambda: hub.values(f"run/{run}")["state"] == "cancelled")
        assert hub.values(f"run/{run}")["reason"] == "cancelled by ada"
        deck.write("hangs")
        await hub.until(lambda: hub.values("script/hangs").get("last_state") == "done")


async def test_stopping_ends_the_workers(deck: Any) -> None:
    async with deck.hub() as hub:
        await hub.until(lambda: hub.count() >= 1)
        pid = hub.values()["worker"]["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_kill_9_of_the_hub_in_mid_run_loses_nothing(deck: Any) -> None:
    deck.slow("sample", 0.3)
    program = await deck.program()
    started = 0
    while started < 4:
        line = await program.stdout.readline()
        started += line.startswith(b"run.started")
    program.kill()
    await program.wait()
    async with deck.hub() as hub:
        pid = hub.store.records("workers")["sample"]["pid"]
        await hub.until(lambda: hub.count() >= 8)
        await hub.hub.calls.call("script/sample", "pause", {}, by="ada", timeout=60)
        await hub.until(lambda: not hub.values()["running"])
        runs = await hub.runs("hook = update")
        count = hub.count()
        assert {run["pid"] for run in runs if run["state"] == "done"} == {pid}, "the worker was adopted"
        assert [run["state"] for run in runs].count("lost") == 0
        assert [run["state"] for run in runs].count("done") == count, "each run counted once"
        assert len(await hub.runs("hook = setup")) == 1


async def test_an_adopted_worker_that_dies_is_replaced(deck: Any) -> None:
    deck.slow("sample", 0.3)
    program = await deck.program()
    started = 0
    while started < 4:
        line = await program.stdout.readline()
        started += line.startswith(b"run.started")
    program.kill()
    await program.wait()
    async with deck.hub() as hub:
        pid = hub.store.records("workers")["sample"]["pid"]
        os.kill(pid, signal.SIGKILL)
        await hub.until(lambda: hub.count() >= 6)
        states = [run["state"] for run in await hub.runs("hook = update")]
        assert states.count("lost") <= 1
        assert hub.values()["worker"]["pid"] != pid


async def test_a_run_that_was_lost_with_its_worker_counts_once_over_a_restart(deck: Any) -> None:
    deck.write(
        "exits",
        "import os\nfrom datetime import timedelta\nfrom quarterdeck import hooks\n"
        "@hooks.schedule(run_every=timedelta(hours=1))\ndef update(panel):\n    os._exit(7)\n",
    )
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/exits").get("last_state") == "lost")
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/exits").get("state") == "idle")
        assert hub.values("script/exits")["runs"] == {"lost": 1}
        assert len(hub.values("script/exits")["strip"]) == 1
