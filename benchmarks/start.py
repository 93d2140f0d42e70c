"""From the start of the command to the first page, and what an idle hub costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.figures import Figure
from benchmarks.server import cpu_seconds, free_port, running_hub, wait_for_page

ROUNDS, IDLE = 5, 20.0


def start_once() -> float:
    """Seconds from the command to the first page of a new deck."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "quarterdeck", "up", folder, "--port", str(port), "--no-open"]
        with (Path(folder) / "up.log").open("wb") as log:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
        try:
            wait_for_page(port)
            return time.perf_counter() - start
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def measure() -> list[Figure]:
    """The figures of this file."""
    starts = sorted(start_once() for _ in range(ROUNDS))
    with running_hub() as hub:
        time.sleep(3)
        before = cpu_seconds(hub.process.pid)
        time.sleep(IDLE)
        idle = (cpu_seconds(hub.process.pid) - before) / IDLE * 100
        memory = psutil.Process(hub.process.pid).memory_info().rss / 1e6
    return [
        Figure("start to first page, median", starts[ROUNDS // 2], "s", 0.8),
        Figure("idle hub, CPU", idle, "% of a core", 1),
        Figure("idle hub, memory (RSS)", memory, "MB", 70),
    ]
