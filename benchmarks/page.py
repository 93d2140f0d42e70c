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
    from playwright.sync_api import Page, ViewportSize

CHROMIUM = "/usr/bin/chromium"
SIZE: ViewportSize = {"width": 1300, "height": 900}
# Shows five rows of charts, as the window does on the page of the peer.
TALL: ViewportSize = {"width": 1300, "height": 1960}
SETTLE, SECONDS, WINDOWS = 4.0, 3.0, 5
STATIC = Path(quarterdeck.__file__).parent / "web" / "static"
PEER_PAGE = Path(__file__).parent / "peers" / "echarts.html"
LAYOUT = (
    "<Grid><Row>"
    + "".join(f'<Col md=3><LineChart id="chart{n}" max_points=1000 /></Col>' for n in range(20))
    + "</Row></Grid>"
)
# A smooth curve, and one of which no three points lie in line.
SMOOTH, JAGGED = 0.0, 0.5
SCRIPT = """
import math, random, time
from datetime import timedelta
import quarterdeck as qd

@qd.hooks.schedule(run_every=timedelta(hours=1))
def stream(panel):
    charts = [panel.components["chart%d" % n] for n in range(20)]
    start = time.monotonic()
    for tick in range(100_000):
        for number, chart in enumerate(charts):
            chart.add_data(tick, math.sin(tick / 30 + number) + SHAKE * random.random())
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
    waiting = re.findall(r'(?:src|href)="(?:\./|/)?([^"]+\.js)"', index)
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


def ours(shake: float, *sizes: ViewportSize) -> list[list[float]]:
    """Main thread of the panel page with twenty charts at 10 Hz, a thousand points each, in windows of these sizes."""
    script = f"SHAKE = {shake}\n{SCRIPT}"
    with running_hub({"charts": {"layout.html": LAYOUT, "charts.py": script}}) as hub, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport=TALL)
        with page.expect_response("**/api/login"):
            page.goto(login_link(hub.deck))
        costs = []
        for size in sizes:
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


def echarts(*shakes: float) -> list[list[float]]:
    """Main thread of the same charts in ECharts, all in view, fed by a timer in the page itself."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--prefix", folder, "echarts@6"], check=True)
        (Path(folder) / "index.html").write_text(PEER_PAGE.read_text())
        handler = functools.partial(QuietHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            page = browser.new_page(viewport=SIZE)
            costs = []
            for shake in shakes:
                page.goto(f"http://127.0.0.1:{server.server_port}/?shake={shake}")
                page.wait_for_selector("canvas")
                costs.append(main_thread(page))
            browser.close()
        server.shutdown()
        return costs


def measure() -> list[Figure]:
    """The figures of this file."""
    weight = Figure(
        "first load, gzipped script", script_size(), "kB", 100, before=(("React + Mantine", "186 kB with styles"),)
    )
    smooth_peer, jagged_peer = ((("ECharts", f"{number(median(costs))} ms/s"),) for costs in echarts(SMOOTH, JAGGED))
    smooth, some_seen = ours(SMOOTH, TALL, SIZE)
    (jagged,) = ours(JAGGED, TALL)
    what = "20 charts x 10 Hz x 1000 points, main thread"
    return [
        weight,
        Figure(what, median(smooth), "ms/s", 150, peers=smooth_peer, note=f"all in view; least {number(min(smooth))}"),
        Figure("the same in a window of 1300 x 900, which shows 12 of them", median(some_seen), "ms/s"),
        Figure("the same, all in view, of jagged lines", median(jagged), "ms/s", peers=jagged_peer),
    ]
