"""The bytes on the wire when one point is added to a chart of four lines with a thousand points each."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.figures import Figure
from benchmarks.server import running_hub

SECONDS = 8.0
LAYOUT = '<Grid><Row><Col md=12><LineChart id="chart" num_datasets=4 max_points=1000 /></Col></Row></Grid>'
SCRIPT = """
import time
from datetime import timedelta
import quarterdeck as qd

@qd.hooks.schedule(run_every=timedelta(hours=1))
def change(panel):
    chart = panel.components["chart"]
    for number in range(1000):
        chart.add_data(number, 20.25, 21.5, 22.75, 23.125)
    for number in range(1000, 2000):
        time.sleep(0.2)
        chart.add_data("@%.6f@" % time.time(), 20.25, 21.5, 22.75, 23.125)
"""


def measure() -> list[Figure]:
    """The figures of this file."""
    with running_hub({"wire": {"layout.html": LAYOUT, "wire.py": SCRIPT}}) as hub:
        url = f"ws://127.0.0.1:{hub.port}/api/live"
        messages = [
            json.dumps({"t": "hello", "version": 1, "features": []}),
            json.dumps({"t": "watch", "id": "w", "topics": ["script/wire/panel/chart"]}),
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
        done = subprocess.run(command, input="\n".join(messages), capture_output=True, text=True, check=True)
        result = json.loads(done.stdout.splitlines()[-1])
    if result["updates"] < 10:
        raise RuntimeError(f"only {result['updates']} points arrived in {SECONDS:.0f} s; the script did not run")
    before = (("mtbrown/dash", "50 880 bytes"),)
    size = result["bytes"] / result["updates"]
    return [Figure("a point added to a chart of 4 x 1000, on the wire", size, "bytes", 200, before=before)]
