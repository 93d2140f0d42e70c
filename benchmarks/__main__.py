"""Measure everything in one run, print it, and write docs/benchmarks.md."""

from __future__ import annotations

import importlib
import platform
import re
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from benchmarks.figures import Figure

CASES = (
    "components",
    "imports",
    "wire",
    "start",
    "latency",
    "fanout",
    "ingest",
    "page",
    "jobs",
    "exits",
    "schedules",
    "lists",
    "services",
    "sampling",
    "volume",
)
PEERS = (
    "python-socketio",
    "Flask-SocketIO",
    "uvicorn",
    "starlette",
    "picows",
    "APScheduler",
    "prometheus-flask-exporter",
    "waitress",
)
PEERS_APART = ("flask-monitoringdashboard", "opentelemetry-instrumentation-flask")
ROOT = Path(__file__).resolve().parent.parent
HEADER = "| what | reach | measured | | peers on the same work, same run |\n|---|---|---|---|---|"


def versions() -> str:
    """One line: the interpreter, the machine, the peers."""
    packages = ", ".join([*(f"{name} {metadata.version(name)}" for name in PEERS), *_apart()])
    memory = psutil.virtual_memory().total / 1e9
    return f"Python {platform.python_version()}, {psutil.cpu_count()} cores, {memory:.0f} GB; {packages}"


def _apart() -> list[str]:
    """The versions of the peers that have an environment of their own."""
    locked = (ROOT / "requirements" / "peers.txt").read_text()
    return [" ".join(found) for name in PEERS_APART for found in re.findall(rf"^({name})==(\S+)", locked, re.MULTILINE)]


def run(names: list[str]) -> list[Figure]:
    """Measure the named cases one after another."""
    figures: list[Figure] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        start = time.perf_counter()
        measured: list[Figure] = importlib.import_module(f"benchmarks.{name}").measure()
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        for figure in measured:
            print(figure.row(), flush=True)
        figures += measured
    return figures


def report(figures: list[Figure]) -> str:
    """The page docs/benchmarks.md."""
    missed = [figure.what for figure in figures if figure.reached is False]
    lines = [
        "# Benchmarks",
        "",
        "`make bench` measures ours and the peers in one run, on the same work, and writes this page. Ratios,",
        "processor time and counts are firm; single wall times on a shared machine are not. Where a peer is marked",
        "*measured before*, its figure comes from an earlier measurement on a machine of the same size.",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {versions()}.",
        "",
        HEADER,
        *(figure.row() for figure in figures),
        "",
        f"Missed: {'; '.join(missed)}." if missed else "Every figure was reached.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run the cases named on the command line, or all of them; only a whole run is written down."""
    names = sys.argv[1:] or list(CASES)
    figures = run(names)
    if names == list(CASES):
        Path("docs/benchmarks.md").write_text(report(figures))


if __name__ == "__main__":
    main()
