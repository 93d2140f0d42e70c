"""What reporting costs a program that has bars, and what its bars cost the hub."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, number
from benchmarks.server import running_hub
from quarterdeck.sdk.jobs.reporter import MOST, pace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.server import Hub

STEPS, PAIRS = 10_000_000, 15
BARS, BAR_PAIRS = 3_000, 15
TASKS, PEER_TASKS, POOL_PAIRS = 2_000_000, 200_000, 5
IDLE, BUSY = 2_000, 500
SECONDS = 10.0
HANGS, TRIES = 180.0, 3
OF_A_CORE = "% of a core"
SHARED = f"each is told of every {number(pace_of(BUSY))} s: bars of one process share {MOST} looks a second"


def program(hub: Hub, *arguments: str) -> subprocess.Popen[str]:
    """A program with bars that reports to the hub."""
    environment = {**os.environ, "QUARTERDECK_URL": f"http://127.0.0.1:{hub.port}", "QUARTERDECK_TOKEN": hub.producer}
    command = [sys.executable, "-m", "benchmarks.bars", *arguments]
    piped = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=piped, stdout=piped, text=True, start_new_session=True)


def used(hub: Hub, *arguments: str) -> float:
    """Seconds that a program says it has used.  mpire's own dashboard hangs now and then: then it is run again."""
    for _ in range(TRIES):
        running = program(hub, *arguments)
        try:
            out, _ = running.communicate(timeout=HANGS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            print(f"{' '.join(arguments)} hung and is run again", file=sys.stderr)
        else:
            return float(out)
    raise RuntimeError(f"{' '.join(arguments)} hung {TRIES} times")


def pools(hub: Hub, count: int, *shown: str) -> list[tuple[float, float]]:
    """Pairs (with its bar only, shown on a dashboard, too), one after the other, so that both meet the same machine."""
    return [(used(hub, "map", str(count), "plain"), used(hub, "map", str(count), *shown)) for _ in range(POOL_PAIRS)]


def turns(hub: Hub, what: str, count: int, pairs: int) -> list[tuple[float, float]]:
    """Pairs (without reporting, with it) that one program has measured in turn."""
    out, _ = program(hub, what, str(count), str(pairs)).communicate()
    return [(plain, reporting) for plain, reporting in json.loads(out)]


@contextlib.contextmanager
def viewer(hub: Hub, seconds: float, query: dict[str, object]) -> Iterator[subprocess.Popen[str]]:
    """One client that watches a list of jobs as the page does."""
    messages = [{"t": "hello", "version": 1, "features": []}, {"t": "watch", "id": "w", "query": query}]
    url, token = f"ws://127.0.0.1:{hub.port}/api/live", f"Authorization: Bearer {hub.admin}"
    command = [sys.executable, "-m", "benchmarks.viewers", url, "1", str(seconds), token]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(map(json.dumps, messages)))
    process.stdin.close()
    if process.stdout.readline().strip() != "ready":
        raise RuntimeError("the viewer could not connect; its process says why above")
    yield process
    process.wait()


@contextlib.contextmanager
def bars(hub: Hub, what: str, count: int) -> Iterator[None]:
    """A program with so many bars, for as long as the block lasts."""
    process = program(hub, what, str(count))
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(3)
    yield
    process.communicate()


def cost_to_hub(what: str, count: int) -> float:
    """Percent of a core that the hub needs for a program's bars and one viewer of the first 200."""
    query = {"kind": "job", "where": ['role = "bar"'], "order": "-started", "limit": 200}
    with running_hub() as hub, bars(hub, what, count), viewer(hub, SECONDS + 2, query):
        before, began = hub.cpu(), time.monotonic()
        time.sleep(SECONDS)
        return (hub.cpu() - before) / (time.monotonic() - began) * 100


def lateness() -> dict[str, float]:
    """From a change of a bar to its arrival at a viewer: p50 and p99, milliseconds."""
    query = {"kind": "job", "where": ['role = "bar"'], "order": "-started", "limit": 200}
    with running_hub() as hub, bars(hub, "late", 1), viewer(hub, 40.0, query) as watching:
        assert watching.stdout is not None
        seen: dict[str, float] = json.loads(watching.stdout.readline())
    return seen


def of_bars(loops: list[tuple[float, float]], short: list[tuple[float, float]]) -> list[Figure]:
    """What these pairs say of one long bar, and of many short ones."""
    ratio = median_ratio(loops)
    nanoseconds = statistics.median(plain for plain, _ in loops) / STEPS * 1e9
    opening = statistics.median((reporting - plain) / BARS * 1e6 for plain, reporting in short)
    bare = statistics.median(plain for plain, _ in short) / BARS * 1e6
    return [
        Figure(
            f"a tqdm loop of 1e7 steps, reporting against not: process CPU, median of {PAIRS} pairs that "
            "one process measures in turn",
            ratio,
            "times",
            1.03,
            note=f"{number(nanoseconds)} ns a step without",
        ),
        Figure(
            f"opening and closing a bar: process CPU more, until the hub has it, median of {BAR_PAIRS} such pairs",
            opening,
            "us",
            60,
            note=f"{number(BARS)} bars of ten steps, {number(bare)} us a bar without",
        ),
    ]


def measure() -> list[Figure]:
    """The figures of this file."""
    with running_hub() as hub:
        loops = turns(hub, "loop", STEPS, PAIRS)
        short = turns(hub, "short", BARS, BAR_PAIRS)
        ours, peers = pools(hub, TASKS), pools(hub, PEER_TASKS, "mpire")
    late = lateness()
    return [
        *of_bars(loops, short),
        Figure(
            f"WorkerPool(2).map of {TASKS:,} tasks, bar and dashboard against bar only: median of {POOL_PAIRS} pairs",
            median_ratio(ours),
            "times",
            1.05,
            note=f"{number(statistics.median(plain for plain, _ in ours) / TASKS * 1e6)} us a task without",
            peers=((f"mpire's dashboard, {PEER_TASKS:,} tasks", f"{number(median_ratio(peers))} times"),),
        ),
        Figure(
            "a bar's change to its arrival at a viewer, p50", late["p50"], "ms", 80, before=mpire("79 ms to its API")
        ),
        Figure(
            "the same, p99",
            late["p99"],
            "ms",
            200,
            note=f"{late['updates']} changes",
            before=mpire("192 ms to its API"),
        ),
        Figure(
            f"hub CPU, {IDLE} idle bars, one viewer", cost_to_hub("idle", IDLE), OF_A_CORE, 0.5, before=mpire("22 %")
        ),
        Figure(f"hub CPU, {BUSY} bars at 10 Hz, one viewer", cost_to_hub("busy", BUSY), OF_A_CORE, 15, note=SHARED),
    ]


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    """How much longer the second of each pair took."""
    return statistics.median(second / first for first, second in pairs)


def mpire(figure: str) -> tuple[tuple[str, str], ...]:
    """What was measured of mpire's dashboard before."""
    return (("mpire", figure),)
