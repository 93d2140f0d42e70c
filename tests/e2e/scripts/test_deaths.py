"""Every way in which a script can end its process: the run ends in words, and the next one works in a new worker."""

from __future__ import annotations

from typing import Any

import pytest
from tests.e2e.scripts.test_hostile import is_running

MODULE = """
import ctypes, os, signal, subprocess, sys, threading, time
from datetime import timedelta
from quarterdeck import hooks

@hooks.schedule(cron="0 0 1 1 *"{rules})
def update(panel, die: bool = True):
    print("began")
    if die:
        {body}
    print("ended")
"""
QUICK = ", timeout=timedelta(seconds=1)"

# What the hook does; state and reason of its run; a word of the mend.  A worker that lives on is the same for the next.
DEATHS = {
    "segfault": ("ctypes.string_at(0)", "lost", "its worker was killed by SIGSEGV", "native code"),
    "abort": ("os.abort()", "lost", "its worker was killed by SIGABRT", "native code"),
    "os._exit": ("os._exit(7)", "lost", "its worker ended with exit code 7", "os._exit"),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", "lost", "its worker was killed by SIGKILL", ""),
    "terminated": ("signal.signal(15, 0); os.kill(os.getpid(), 15)", "lost", "was killed by SIGTERM", "signal"),
    "memory": ("held = bytearray(400_000_000); time.sleep(60)", "failed", "and its limit is 150 MB", "raise memory"),
    "child's memory": (
        "subprocess.run([sys.executable, '-c', 'import time; held = bytearray(400_000_000); time.sleep(60)'])",
        "failed", "and its limit is 150 MB", "raise memory",
    ),
}  # fmt: skip
HANGS = {
    "sleeps": ("time.sleep(60)", "traceback"),
    "awaits": ("import asyncio; asyncio.run(asyncio.sleep(60))", "traceback"),
    "waits for a child": ("subprocess.run(['sleep', '60'])", "traceback"),
    "ignores SIGTERM": ("signal.signal(15, signal.SIG_IGN); time.sleep(60)", ""),
    "ignores everything": (
        "\n        while True:\n            try: time.sleep(60)\n            except BaseException: pass",
        "",
    ),
    "waits for a thread": ("threading.Thread(target=time.sleep, args=(60,)).start(); time.sleep(60)", "traceback"),
}  # fmt: skip
FAILURES = {
    "sys.exit": ("sys.exit(3)", "failed", "SystemExit: the script ended itself by sys.exit(3)"),
    "sys.exit well": ("sys.exit()", "done", "the hook returned"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
    "BaseException": ("raise type('Odd', (BaseException,), {})('how')", "failed", "main.Odd: how"),
    "recursion": ("(f := lambda: f())()", "failed", "RecursionError: maximum recursion depth exceeded"),
    "MemoryError": ("bytearray(1 << 62)", "failed", "MemoryError"),
    "a thread that exits": ("t = threading.Thread(target=sys.exit); t.start(); t.join()", "done", "the hook returned"),
}


async def run(hub: Any, **args: Any) -> dict[str, Any]:
    """Trigger it; the values of the run when it has ended."""
    answer = await hub.hub.calls.call("script/s", "trigger", {"args": args}, timeout=60)
    topic = f"run/{answer['run']}"
    await hub.until(lambda: hub.values(topic).get("state") not in ("waiting", "running"))
    return hub.values(topic)


async def ready(hub: Any) -> int:
    await hub.until(lambda: hub.values("script/s").get("state") == "idle")
    return hub.values("script/s")["worker"]["pid"]


@pytest.mark.parametrize("how", DEATHS)
async def test_the_worker_dies(deck: Any, how: str) -> None:
    body, state, reason, mend = DEATHS[how]
    deck.write("s", MODULE.format(body=body, rules=""))
    (deck.folder / "quarterdeck.toml").write_text('[script.s]\nmemory = "150 MB"\n')
    async with deck.hub() as hub:
        before = await ready(hub)
        died = await run(hub)
        assert (died["state"], reason in died["reason"]) == (state, True), died["reason"]
        assert mend in died["hint"]
        assert [line[2] for line in died["tail"]][:1] == ["began"]
        assert died["started"] >= died["due"] - 1_000
        assert (died["version"], died["duration"] > 0) == (hub.values("script/s")["version"], True)
        assert (died.get("error") or {}).get("type") == ("OutOfMemory" if state == "failed" else None)
        assert (await run(hub, die=False))["state"] == "done"
        assert hub.values("script/s")["worker"]["pid"] != before


@pytest.mark.parametrize("how", ["segfault", "os._exit", "memory"])
async def test_a_module_that_ends_its_worker_while_it_loads(deck: Any, how: str) -> None:
    body, _, reason, mend = DEATHS[how]
    deck.write("s", f"import ctypes, os, time\n{body}\n")
    (deck.folder / "quarterdeck.toml").write_text('[script.s]\nmemory = "150 MB"\n')
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/s").get("state") == "broken")
        assert reason in hub.values("script/s")["reason"]
        assert hub.values("script/s")["reason"].endswith("so the script is not loaded")
        assert mend in hub.values("script/s")["error"]["hint"]
        deck.write("s", MODULE.format(body="pass", rules=""))
        assert await ready(hub)


@pytest.mark.parametrize("how", HANGS)
async def test_a_run_that_hangs_is_interrupted_and_then_killed(deck: Any, how: str) -> None:
    body, told = HANGS[how]
    deck.write("s", MODULE.format(body=body, rules=QUICK))
    async with deck.hub() as hub:
        before = await ready(hub)
        hung = await run(hub)
        assert (hung["state"], hung["reason"], hung["error"]["type"]) == ("failed", "timed out after 1 s", "TimedOut")
        assert "timeout=" in hung["hint"]
        if told:
            assert [frame["name"] for frame in hung["frames"] if frame["own"]] == ["update"]
            assert hung["traceback"].rstrip().endswith("the hub ended this run")
            assert "check_interrupted" not in hung["traceback"]
        assert (await run(hub, die=False))["state"] == "done"
        assert hub.values("script/s")["worker"]["pid"] != before


@pytest.mark.parametrize("how", FAILURES)
async def test_a_run_fails_and_the_worker_goes_on(deck: Any, how: str) -> None:
    body, state, reason = FAILURES[how]
    deck.write("s", MODULE.format(body=body, rules=""))
    async with deck.hub() as hub:
        before = await ready(hub)
        failed = await run(hub)
        assert (failed["state"], failed["reason"].startswith(reason)) == (state, True), failed["reason"]
        assert (await run(hub, die=False))["state"] == "done"
        assert hub.values("script/s")["worker"]["pid"] == before


async def test_a_cancelled_run_does_what_stands_in_finally(deck: Any) -> None:
    body = "\n        try: time.sleep(60)\n        finally: print('cleaned up')"
    deck.write("s", MODULE.format(body=body, rules=""))
    async with deck.hub() as hub:
        await ready(hub)
        answer = await hub.hub.calls.call("script/s", "trigger", {}, timeout=60)
        topic = f"run/{answer['run']}"
        await hub.until(lambda: hub.values(topic).get("tail"))
        await hub.hub.calls.call("script/s", "cancel", {"run": answer["run"]}, by="ada", timeout=60)
        await hub.until(lambda: hub.values(topic)["state"] == "cancelled")
        assert [line[2] for line in hub.values(topic)["tail"]] == ["began", "cleaned up"]
        assert hub.values(topic)["reason"] == "cancelled by ada"


async def test_what_a_run_has_started_ends_with_its_worker(deck: Any) -> None:
    body = "child = subprocess.Popen(['sleep', '60']); print(child.pid); os._exit(1)"
    deck.write("s", MODULE.format(body=body, rules=""))
    async with deck.hub() as hub:
        await ready(hub)
        died = await run(hub)
        pid = int(died["tail"][-1][2])
        await hub.until(lambda: not is_running(pid))
        assert (await run(hub, die=False))["state"] == "done"
