"""How long a program with a bar takes to end, from its last statement on, by itself and under ``quarterdeck run``.

Beside a hub that lives, one that is gone, and one that is frozen while the bar moves.
"""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, number
from benchmarks.server import free_port, running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.server import Hub

EXITS = 10
FREEZE_AT = 60
"""Steps after which the hub is frozen, of the hundred that the program takes."""
PROGRAM = f"""
import io, time
from {{library}} import tqdm
for step in tqdm(range(100), file=io.StringIO()):
    time.sleep(0.01)
    if step == {FREEZE_AT}:
        print("under way", flush=True)
print(time.time(), flush=True)
"""
WAYS = {"": "quarterdeck.progress", " under quarterdeck run": "tqdm"}


@contextlib.contextmanager
def in_state(hub: Hub, state: str) -> Iterator[None]:
    """Let the hub be frozen meanwhile, if it is to be."""
    if state == "frozen":
        hub.process.send_signal(signal.SIGSTOP)
    yield
    if state == "frozen":
        hub.process.send_signal(signal.SIGCONT)


def took(hub: Hub, state: str, way: str, folder: Path) -> float:
    """Seconds from the last statement of a program until who started it sees its end."""
    file = folder / "program.py"
    file.write_text(PROGRAM.format(library=WAYS.get(way, "tqdm")))
    port = free_port() if state == "gone" else hub.port
    ours = {"QUARTERDECK_URL": f"http://127.0.0.1:{port}", "QUARTERDECK_TOKEN": hub.producer}
    environment = {**os.environ, **ours, "XDG_STATE_HOME": str(folder)}
    run = ["-m", "quarterdeck", "run"] if "run" in way else []
    command = [sys.executable, *run, str(file)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    with in_state(hub, state):
        last = float(process.stdout.readline())
        process.wait()
        return time.time() - last


def measure() -> list[Figure]:
    """The figures of this file."""
    with running_hub() as hub, tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as folder:
        bare = [took(hub, "alive", " of tqdm alone", Path(folder)) for _ in range(EXITS)]
        found = [
            (state, way, [took(hub, state, way, Path(folder)) for _ in range(EXITS)])
            for way in WAYS
            for state in ("alive", "gone", "frozen")
        ]
    alone = f"without reporting {number(statistics.median(bare))} s, at most {number(max(bare))}"
    return [
        Figure(
            f"a program{way} ends beside a hub that is {state}: from its last statement on, median of {EXITS}",
            statistics.median(seconds),
            "s",
            0.5,
            note=f"at most {number(max(seconds))} s; {alone}",
        )
        for state, way, seconds in found
    ]
