"""One lone change from an idle script to a browser-side client on loopback."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.figures import Figure
from benchmarks.server import running_hub

SECONDS = 30.0
LAYOUT = '<Grid><Row><Col md=12><Text id="text" /></Col></Row></Grid>'
# One long run that changes one text every 0.2 s and does nothing else: between two changes all is quiet.
SCRIPT = """
import time
from datetime import timedelta
import quarterdeck as qd

@qd.hooks.schedule(run_every=timedelta(hours=1))
def change(panel):
    for _ in range(1000):
        time.sleep(0.2)
        panel.components["text"].text = "@%.6f@" % time.time()
"""


def measure() -> list[Figure]:
    """The figures of this file."""
    with running_hub({"lone": {"layout.html": LAYOUT, "lone.py": SCRIPT}}) as hub:
        url = f"ws://127.0.0.1:{hub.port}/api/live"
        watch = [
            json.dumps({"t": "hello", "version": 1, "features": []}),
            json.dumps({"t": "watch", "id": "w", "topics": ["script/lone/panel/text"]}),
        ]
        command = [
            sys.executable,
            "-m",
            "benchmarks.viewers",
            url,
            "1",
            str(SECONDS),
            f"Authorization: Bearer {hub.admin}",
        ]
        done = subprocess.run(command, input="\n".join(watch), capture_output=True, text=True, check=True)
        seen = json.loads(done.stdout.splitlines()[-1])
    if seen["updates"] < 50:
        raise RuntimeError(f"only {seen['updates']} changes arrived in {SECONDS:.0f} s; the script did not run")
    before = (("mtbrown/dash, full state each time", "0.6 / 3.5 ms"),)
    return [
        Figure("one lone change from an idle script to a client, p50", seen["p50"], "ms", 3, before=before),
        Figure("the same, p99", seen["p99"], "ms", 15, note=f"{seen['updates']} changes"),
    ]
