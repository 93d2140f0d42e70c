"""What the page weighs, and what twenty streaming charts cost the browser's main thread, beside ECharts."""

from __future__ import annotations

import functools
import gzip
import http.server
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

import quarterdeck
from benchmarks.figures import Figure, number
from benchmarks.server import running_hub

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1300, "height": 900}
TALL = {"width": 1300, "height": 1960}  # shows five rows of charts, as the window does on the page of the peer
SETTLE, SECONDS, WINDOWS = 4.0, 3.0, 5
STATIC = Path(quarterdeck.__file__).parent / "web" / "static"
PEER_PAGE = Path(__file__).parent / "peers" / "echarts.html"
LAYOUT = (
    "<Grid><Row>"
    + "".join(f'<Col md=3><LineChart id="chart{n}" max_points=1000 /></Col>' for n in range(20))
    + "</Row></Grid>"
)
SCRIPT = """
import math, time
from datetime import timedelta
import quarterdeck as qd

@qd.hooks.schedule(run_every=timedelta(hours=1))
def stream(panel):
    charts = [panel.components["chart%d" % n] for n in range(20)]
    start = time.monotonic()
    for tick in range(100_000):
        for number, chart in enumerate(charts):
            chart.add_data(tick, math.sin(tick / 30 + number))
        if tick >= 1000:
            time.sleep(max(0.0, start + (tick - 1000) / 10 - time.monotonic()))
        else:
            start = time.monotonic()
"""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and prints no line a request."""

    def log_message(self, format: str, *args: object) -> None:  # the base class names it so
        """Say nothing."""


def script_size() -> float:
    """Kilobytes of gzipped script that the browser loads before the first page stands."""
    index = (STATIC / "index.html").read_text()
    waiting = re.findall(r'(?:src|href)="/?([^"]+\.js)"', index)
    loaded: dict[str, int] = {}
    while waiting:
        name = waiting.pop()
        if name in loaded:
            continue
        text = (STATIC / name).read_bytes()
        loaded[name] = len(gzip.compress(text, 9))
        folder = Path(name).parent
        imported = re.findall(rb'(?:from|import)\s*"\./([^"]+\.js)"', text)
        waiting += [str(folder / other.decode()) for other in imported]
    return sum(loaded.values()) / 1000


def main_thread(page: Page) -> list[float]:
    """Milliseconds of processor time of the main thread a second, in each of some windows, the least first."""
    session = page.context.new_cdp_session(page)
    # Not wall time, which on a shared machine tells more of the neighbours than of the page.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def task_seconds() -> float:
        metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    time.sleep(SETTLE)
    costs = []
    for _ in range(WINDOWS):
        before, start = task_seconds(), time.perf_counter()
        time.sleep(SECONDS)
        costs.append((task_seconds() - before) * 1000 / (time.perf_counter() - start))
    return sorted(costs)


def ours() -> list[list[float]]:
    """Main thread of the panel page with twenty charts at 10 Hz, a thousand points each: all in view, then some."""
    with running_hub({"charts": {"layout.html": LAYOUT, "charts.py": SCRIPT}}) as hub, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport=TALL)
        with page.expect_response("**/api/login"):
            page.goto(login_link(hub.deck))
        costs = []
        for size in (TALL, SIZE):
            page.set_viewport_size(size)
            page.goto(f"http://127.0.0.1:{hub.port}/scripts/charts")
            page.wait_for_selector("canvas")
            costs.append(main_thread(page))
        browser.close()
        return costs


def login_link(deck: Path) -> str:
    """A one-time link, as the command line prints it."""
    import sys

    command = [sys.executable, "-m", "quarterdeck", "login-link", "--deck", str(deck)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return next(word for word in text.split() if word.startswith("http"))


def echarts() -> list[float]:
    """Main thread of the same charts in ECharts, fed by a timer in the page itself."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--prefix", folder, "echarts@6"], check=True)
        (Path(folder) / "index.html").write_text(PEER_PAGE.read_text())
        handler = functools.partial(QuietHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            page = browser.new_page(viewport=SIZE)
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            page.wait_for_selector("canvas")
            cost = main_thread(page)
            browser.close()
        server.shutdown()
        return cost


def measure() -> list[Figure]:
    """The figures of this file."""
    weight = Figure(
        "first load, gzipped script", script_size(), "kB", 100, before=(("React + Mantine", "186 kB with styles"),)
    )
    peer = (("ECharts", f"{number(median(echarts()))} ms/s"),)
    (least, *all_seen), some_seen = ours()
    what = "20 charts x 10 Hz x 1000 points, main thread"
    return [
        weight,
        Figure(what, median([least, *all_seen]), "ms/s", 150, peers=peer, note=f"all in view; least {number(least)}"),
        Figure("the same in a window of 1300 x 900, which shows 12 of them", median(some_seen), "ms/s"),
    ]
