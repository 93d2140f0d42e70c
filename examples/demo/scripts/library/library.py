"""Reads Python's own standard library, file by file: how long it is, and how dense its code is."""

from __future__ import annotations

import logging
import platform
import time
from collections import Counter
from datetime import timedelta

from reader import measure_file, sources

from quarterdeck import hooks

AT_ONCE = 8  # files a run: short runs, the panel moves, and the machine has little to do
BARS = 8
LARGEST = 10
log = logging.getLogger("library")


@hooks.setup
def setup(panel):
    panel.components["density"].datasets[0].label = "Nodes a line"
    panel.components["packages"].datasets[0].label = "Lines"
    panel.store.update(at=0, files=0, lines=0, nodes=0, seconds=0.0, packages={}, largest=[], unread=[])


@hooks.schedule(run_every=timedelta(seconds=2))
def read_some(panel):
    """The next files; after the last one, from the beginning again."""
    files = sources()
    store = panel.store
    if store["at"] >= len(files):
        start_again(panel)
    began = time.perf_counter()
    for path, name in files[store["at"] : store["at"] + AT_ONCE]:
        read(panel, path, name)
        panel.components["progress"].value = round(100 * store["at"] / len(files), 1)
    store["seconds"] += time.perf_counter() - began
    show(panel, len(files))


def start_again(panel):
    log.info("read all of it; from the beginning again")
    panel.components["density"].num_datasets = 1  # empties it
    setup(panel)


def read(panel, path, name):
    store = panel.store
    store["at"] += 1
    try:
        lines, nodes = measure_file(path)
    except (SyntaxError, UnicodeDecodeError) as error:
        # The library's tests hold files that are broken on purpose.
        log.warning("%s cannot be read: %s", name, error)
        store["unread"] = [*store["unread"], name][-20:]
        return
    store["files"] += 1
    store["lines"] += lines
    store["nodes"] += nodes
    package = name.partition("/")[0].removesuffix(".py")
    store["packages"][package] = store["packages"].get(package, 0) + lines
    store["largest"] = sorted([*store["largest"], [name, lines, nodes]], key=lambda row: -row[1])[:LARGEST]
    if lines:
        panel.components["density"].add_data(store["files"], round(nodes / lines, 2))


def show(panel, total):
    components, store = panel.components, panel.store
    components["files"].value = store["files"]
    components["lines"].value = store["lines"]
    components["nodes"].value = store["nodes"]
    components["speed"].value = round(store["lines"] / store["seconds"]) if store["seconds"] else 0
    components["progress"].style = "success" if store["at"] >= total else "info"
    components["progress"].animated = store["at"] < total
    components["largest_files"].rows = store["largest"]
    show_bars(components["packages"], Counter(store["packages"]).most_common(BARS))
    components["story"].text = (
        f"The standard library of **Python {platform.python_version()}** has **{total:,} files**. "
        f"So far {store['files']:,} of them hold {store['lines']:,} lines and {store['nodes']:,} syntax nodes"
        + (f"; {len(store['unread'])} could not be read." if store["unread"] else ".")
    )
    print(f"{store['at']:,} of {total:,} files, {store['lines']:,} lines")


def show_bars(chart, bars):
    """The bars of the chart become these, in this order."""
    if chart.labels == [name for name, _ in bars]:
        chart.datasets[0].data = [lines for _, lines in bars]
        return
    chart.labels = []
    for name, lines in bars:
        chart.add_bar(name, lines)
