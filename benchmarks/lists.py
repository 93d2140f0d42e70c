"""A page of a long list, as it is asked for over HTTP: 100 of 100,000 runs, filtered and sorted."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.seed import name_of, seed

from benchmarks.figures import Figure, number, percentile
from benchmarks.server import Hub, running_hub

if TYPE_CHECKING:
    from pathlib import Path

RUNS, SCRIPTS, PAGES = 100_000, 50, 60
ALL_KEPT = "[retention]\nruns = 0\n"
QUERIES = {
    "of one script that are done, longest first": ([f"script = {name_of(7)}", "state = done"], "-duration"),
    "of all scripts that failed, newest first": (["state = failed"], "-started"),
    "of one hook of all scripts, by script": (["hook = report"], "script"),
}


def fill(deck: Path) -> None:
    """A past of a hundred thousand runs, all of which stay."""
    (deck / "quarterdeck.toml").write_text(ALL_KEPT)
    seed(deck, RUNS, SCRIPTS)


def pages(hub: Hub, where: list[str], order: str) -> list[float]:
    """Milliseconds of each request of one page."""
    path = "/api/topics?" + urlencode({"kind": "run", "where": where, "order": order, "limit": 100}, doseq=True)
    took = []
    for _ in range(PAGES):
        start = time.perf_counter()
        body = hub.get(path)
        took.append((time.perf_counter() - start) * 1000)
    found = len(json.loads(body)["topics"])
    if found != 100:
        raise RuntimeError(f"{path} found {found} runs")
    return took


def measure() -> list[Figure]:
    """The figures of this file."""
    with running_hub(prepare=fill) as hub:
        time.sleep(3)
        took = {words: pages(hub, *query) for words, query in QUERIES.items()}
    (first, slow), *others = ((words, sorted(each)) for words, each in took.items())
    figures = [Figure(f"a page of 100 out of 100 000 runs: {first}, p50", slow[PAGES // 2], "ms", 10, note=_p95(slow))]
    figures += [
        Figure(f"the same: {words}, p50", each[PAGES // 2], "ms", 10, note=_p95(each)) for words, each in others
    ]
    return figures


def _p95(took: list[float]) -> str:
    return f"over HTTP; p95 {number(percentile(took, 0.95))} ms"
