"""A thousand hooks of a second in twenty scripts, each in its own worker process, with runs, logs and stores kept.

Each hook notes the moment at which it is entered; how late that is, is counted from its own due times.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, number, percentile
from benchmarks.server import Hub, running_hub

SCRIPTS, HOOKS, SETTLE, SECONDS = 20, 50, 8.0, 20.0
CALLS = 30
EVERY = 1_000_000  # microseconds
LAYOUT = "<Grid><Row><Col><Text id=text text='one of twenty'/></Col></Row></Grid>"
HEAD = """
import os, time
from datetime import timedelta
from quarterdeck import hooks

NOTES = open(os.environ["BENCH_NOTES"] + "/" + os.path.basename(os.path.dirname(__file__)), "a", buffering=1)
"""
HOOK = """
@hooks.schedule(run_every=timedelta(seconds=1), aligned={aligned})
def hook_{n}(panel):
    NOTES.write(f"hook_{n} {{time.time_ns() // 1000}}\\n")
    panel.store["count_{n}"] = panel.store.get("count_{n}", 0) + 1
    print("tick")
"""


def deck(aligned: bool, scripts: int = SCRIPTS, hooks: int = HOOKS) -> dict[str, dict[str, str]]:
    """The scripts: each hook notes when it is entered, changes the store and prints a line."""
    code = HEAD + "".join(HOOK.format(n=n, aligned=aligned) for n in range(hooks))
    return {f"script_{n:02}": {"layout.html": LAYOUT, "update.py": code} for n in range(scripts)}


class Fired:
    """What was measured: how late (microseconds) each entry was, and the hub's share of a core."""

    def __init__(self, late: list[float], cpu: float, hooks: int) -> None:
        self.late = late
        self.cpu = cpu
        self._hooks = hooks

    @property
    def share(self) -> float:
        """How many of the runs that were due ran."""
        return len(self.late) / (self._hooks * SECONDS)

    def text(self) -> str:
        """p50, p99 and CPU, as the table shows a peer."""
        p50, p99 = (number(percentile(self.late, share) / 1000) for share in (0.5, 0.99))
        return f"p50 {p50} ms, p99 {p99} ms, {number(self.cpu * 100)} % of a core"


def fire(aligned: bool, scripts: int = SCRIPTS, hooks: int = HOOKS) -> Fired:
    """A real hub with real workers; measured when all have started."""
    files = deck(aligned, scripts, hooks)
    with tempfile.TemporaryDirectory() as notes, running_hub(files, {"BENCH_NOTES": notes}) as hub:
        wait_for_workers(Path(notes), scripts)
        time.sleep(SETTLE)
        began, before = time.time_ns() // 1000, hub.cpu()
        time.sleep(SECONDS)
        ended, cpu = time.time_ns() // 1000, hub.cpu() - before
        due = due_times(hub)
        late = [
            lateness
            for file in Path(notes).iterdir()
            for hook, entered in map(str.split, file.read_text().splitlines())
            if began <= int(entered) - (lateness := behind(int(entered), due[file.name, hook])) < ended
        ]
        return Fired(late, cpu / SECONDS, scripts * hooks)


def by_hand() -> list[float]:
    """Milliseconds from a call that asks for a run to the moment at which the function is entered."""
    files = {"lone": {"layout.html": LAYOUT, "lone.py": HEAD + HOOK.format(n=0, aligned=False)}}
    files["lone"]["lone.py"] = files["lone"]["lone.py"].replace("seconds=1", "hours=1")
    with tempfile.TemporaryDirectory() as notes, running_hub(files, {"BENCH_NOTES": notes}) as hub:
        wait_for_workers(Path(notes), 1)
        asked = []
        for _ in range(CALLS):
            time.sleep(0.3)
            asked.append(time.time_ns() // 1000)
            hub.call("script/lone", "trigger", {"hook": "hook_0"})
        time.sleep(1)
        entered = [int(line.split()[1]) for line in (Path(notes) / "lone").read_text().splitlines()]
    return [(after - before) / 1000 for before, after in zip(asked, entered[-CALLS:], strict=True)]


def wait_for_workers(notes: Path, scripts: int) -> None:
    """Every script has noted something."""
    until = time.monotonic() + 60
    while sum(file.stat().st_size > 0 for file in notes.iterdir()) < scripts:
        if time.monotonic() > until:
            raise TimeoutError("not all scripts run")
        time.sleep(0.1)


def due_times(hub: Hub) -> dict[tuple[str, str], int]:
    """Any one due time of each hook; all others are whole seconds away."""
    scripts = json.loads(hub.get("/api/topics?kind=script"))["topics"]
    return {
        (each["state"]["name"], name): int(hook["next"])
        for each in scripts
        for name, hook in each["state"]["lately"].items()
        if "next" in hook
    }


def behind(entered: int, due: int) -> int:
    """Microseconds since the last due time; what is early by up to a tenth of a second is negative."""
    tenth = EVERY // 10
    return (entered - due + tenth) % EVERY - tenth


def peer(aligned: bool) -> Fired:
    """APScheduler with as many jobs, in the same groups of due times or all at once; nothing is kept."""
    command = [sys.executable, "-m", "benchmarks.peers.apscheduler_jobs", str(int(aligned)), str(SECONDS)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Fired(told["late"], told["cpu"], SCRIPTS * HOOKS)


def measure() -> list[Figure]:
    """The figures of this file."""
    ours, theirs = fire(aligned=False), peer(aligned=False)
    burst, their_burst = fire(aligned=True), peer(aligned=True)
    lone, hand = fire(aligned=False, scripts=1, hooks=1), sorted(by_hand())
    name = "APScheduler, thread pool, nothing kept:"
    return [
        Figure(
            "1000 hooks of 1 s in 20 scripts, runs, logs and stores kept: 99 % are entered less late than",
            percentile(ours.late, 0.99) / 1000,
            "ms",
            25,
            peers=((name, theirs.text()),),
            note=f"{number(ours.share * 100)} % of them ran; half are less late than "
            f"{number(percentile(ours.late, 0.5) / 1000)} ms",
        ),
        Figure("the same: hub CPU", ours.cpu * 100, "% of a core", 15),
        Figure(
            "the same 1000 all in the same instant of each second: 99 % are less late than",
            percentile(burst.late, 0.99) / 1000,
            "ms",
            peers=((name, their_burst.text()),),
            note=f"hub CPU {number(burst.cpu * 100)} %, {number(burst.share * 100)} % of them ran",
        ),
        Figure(
            "start of a run in a warm worker, over the due time, p50",
            percentile(lone.late, 0.5) / 1000,
            "ms",
            3,
            before=(("Prefect", "840 ms and 2.2 s CPU"),),
        ),
        Figure("the same for a run by hand, from the call over HTTP, p50", hand[len(hand) // 2], "ms"),
    ]
