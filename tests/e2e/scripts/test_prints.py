"""What scripts and their children print: without end, past Python, and with closed descriptors."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psutil

MODULE = """
import os, subprocess, sys, time
from datetime import timedelta
from quarterdeck import hooks

@hooks.schedule(cron="0 0 1 1 *")
def update(panel, which: int = 0):
    print("began")
    if which == 0:
        {body}
    if which == 2:
        os.system("echo from a shell")
    print("ended")
"""


async def run(hub: Any, which: int = 0, seconds: float = 60) -> dict[str, Any]:
    await hub.until(lambda: hub.values("script/s").get("state") == "idle")
    answer = await hub.hub.calls.call("script/s", "trigger", {"args": {"which": which}}, timeout=60)
    await hub.until(lambda: hub.values(f"run/{answer['run']}").get("state") not in ("waiting", "running"), seconds)
    return hub.values(f"run/{answer['run']}")


async def test_a_gigabyte_is_cut_and_said_and_the_hub_stays_as_it_is(deck: Any) -> None:
    body = """line = "x" * 99_999
        for _ in range(10_000): print(line)"""
    deck.write("s", MODULE.format(body=body))
    async with deck.hub() as hub:
        await run(hub, which=1)
        before, began = psutil.Process().memory_info().rss, time.monotonic()
        values = await run(hub)
        assert values["state"] == "done"
        assert time.monotonic() - began < 30
        assert psutil.Process().memory_info().rss - before < 100_000_000
        assert values["log"]["to"] - values["log"]["from"] < 65 << 20
        assert "more lines of this run are not in the file)" in values["tail"][-1][2]
        assert values["tail"][-2][2] == "ended"
        assert (await run(hub, which=1))["tail"][-1][2] == "ended"


async def test_what_children_print_is_in_the_log_of_the_run_while_it_goes_on(deck: Any) -> None:
    body = """os.system("echo from a shell; echo its error >&2")
        print("between")
        subprocess.run([sys.executable, "-c", "print('from a child')"])
        while not os.path.exists({stop!r}): time.sleep(0.01)"""
    stop = deck.folder / "stop"
    deck.write("s", MODULE.format(body=body.format(stop=str(stop))))
    async with deck.hub() as hub:
        task = asyncio.get_running_loop().create_task(run(hub))
        await hub.until(lambda: hub.values("script/s").get("running"))
        topic = f"run/{hub.values('script/s')['running']}"
        await hub.until(lambda: ["C", "from a child"] in [line[1:] for line in hub.values(topic).get("tail", [])])
        assert hub.values(topic)["state"] == "running"
        stop.touch()
        values = await task
        assert [line[1:] for line in values["tail"]] == [
            ["O", "began"], ["C", "from a shell"], ["C", "its error"], ["O", "between"], ["C", "from a child"],
            ["O", "ended"],
        ]  # fmt: skip
        assert [line[1:] for line in (await run(hub, which=1))["tail"]] == [["O", "began"], ["O", "ended"]]


async def test_children_that_print_without_end_slow_nothing(deck: Any) -> None:
    deck.write("s", MODULE.format(body='subprocess.run("yes | head -c 300000000", shell=True)'))
    async with deck.hub() as hub:
        before = psutil.Process().memory_info().rss
        values = await run(hub)
        assert values["state"] == "done"
        assert "bytes that child processes wrote faster than a log is read" in values["tail"][-2][2]
        assert values["tail"][-1][2] == "ended"
        assert psutil.Process().memory_info().rss - before < 100_000_000


async def test_closed_streams_and_descriptors_are_as_before_in_the_next_run(deck: Any) -> None:
    body = """sys.stdout.close()
        os.close(1); os.close(2)
        panel.kept = open("/dev/null", "w")"""
    deck.write("s", MODULE.format(body=body))
    async with deck.hub() as hub:
        closed = await run(hub)
        assert closed["state"] == "done"
        assert [line[2] for line in closed["tail"]] == [
            "began",
            "ended",
            "(the script closed or replaced descriptor 1; it is as before again)",
            "(the script closed or replaced descriptor 2; it is as before again)",
        ]
        after = await run(hub, which=2)
        assert [line[1:] for line in after["tail"]] == [["O", "began"], ["C", "from a shell"], ["O", "ended"]]
