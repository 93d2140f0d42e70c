"""Scripts that end their worker, fork, and do not start: what is told of it, and that nothing is left behind."""

from __future__ import annotations

from typing import Any

import psutil
import pytest

ONCE = """
import os
from datetime import timedelta
from quarterdeck import hooks

@hooks.schedule(run_every=timedelta(hours=1))
def update(panel):
    print("began")
"""


async def test_a_fatal_fault_shows_the_line_and_the_last_words(deck: Any) -> None:
    deck.write("faulty", ONCE + "    import ctypes\n    ctypes.string_at(0)\n")
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/faulty").get("last_state") == "lost")
        run = hub.values("run/" + hub.values("script/faulty")["last_run"])
        assert run["reason"] == "its worker was killed by SIGSEGV"
        assert [line[1:] for line in run["tail"]] == [["O", "began"]]
        assert "Segmentation fault" in run["traceback"]
        own = [frame for frame in run["frames"] if frame["own"]]
        assert [(frame["file"], frame["line"], frame["name"]) for frame in own] == [("main.py", 10, "update")]
        assert run["log"]["to"] > run["log"]["from"]


async def test_a_module_that_ends_its_worker_is_broken_with_what_it_said(deck: Any) -> None:
    deck.write("dies", "import os\nos.write(2, b'no licence here\\n')\nos._exit(4)\n")
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values("script/dies").get("state") == "broken")
        values = hub.values("script/dies")
        assert values["reason"] == "its worker ended with exit code 4, so the script is not loaded"
        assert values["traceback"] == "no licence here"
        deck.write("dies", ONCE)
        await hub.until(lambda: hub.values("script/dies").get("last_state") == "done")


async def test_an_interpreter_without_quarterdeck(deck: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values().get("state") == "broken")
        assert "ended with exit code 1" in hub.values()["reason"]
        assert "No module named" in hub.values()["traceback"]


async def test_a_forked_child_is_no_second_worker_and_ends_with_the_first(deck: Any) -> None:
    forks = "    pid = os.fork()\n    if pid == 0:\n        return\n    print(os.waitpid(pid, 0)[1])\n"
    stays = "    pid = os.fork()\n    if pid == 0:\n        import time\n        time.sleep(600)\n    print(pid)\n"
    deck.write("forks", ONCE + forks)
    deck.write("stays", ONCE + stays)
    async with deck.hub() as hub:
        for name in ("forks", "stays"):
            await hub.until(lambda name=name: hub.values(f"script/{name}").get("last_state") == "done")
        tails = {
            name: hub.values("run/" + hub.values(f"script/{name}")["last_run"])["tail"] for name in ("forks", "stays")
        }
        assert [line[2] for line in tails["forks"]] == ["began", "0"]
        child = int(tails["stays"][-1][2])
        assert is_running(child)
    await hub.until(lambda: not is_running(child))


def is_running(pid: int) -> bool:
    """Whether the process is there, and is more than what its parent has yet to ask for."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
