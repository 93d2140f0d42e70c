"""Every component there is, on what can be measured here: this machine, and the code of Python's own library."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import drawing
import measuring
import psutil

from quarterdeck import hooks
from quarterdeck.components import ChartColor

GB = 1e9
KINDS = ("Name", "Load", "Attribute", "Call", "Constant", "Expr", "Assign", "arg", "If", "Return", "FunctionDef", "Try")
LARGEST = 50
measured = []  # what this worker has measured; a new worker measures again


@hooks.setup
def setup(panel):
    components = panel.components
    components["intro"].text = (
        "# Every component\n\nOn what is at hand: this machine, second by second, and the code of "
        f"{len(measuring.PACKAGES)} packages of Python's own library."
    )
    components["package"].options = list(measuring.PACKAGES)
    components["memory"].num_datasets = 2
    for dataset, (name, color) in zip(
        components["memory"].datasets, (("Used", ChartColor.Purple), ("Cached", ChartColor.Green)), strict=True
    ):
        dataset.label, dataset.color = name, color
    components["load"].datasets[0].label = "All processors"
    components["shape"].datasets[0].label = "Nodes"
    components["syntax"].columns = list(KINDS)
    components["notes"].text = (
        "- **Scatter**: files with more lines have more nodes, about four a line.\n"
        "- **Heat**: names and loads are everywhere; `Try` is rare.\n"
        "- **Figure**: drawn by Plotly, in a frame of its own. Boxes are quartiles, on a logarithmic scale.\n\n"
        "| Component | Its table |\n|---|---|\n| each chart | the button with the grid |\n"
    )
    measure(panel)


@hooks.schedule(run_every=timedelta(seconds=1))
def watch(panel):
    """The machine, now."""
    components = panel.components
    busy = psutil.cpu_percent()
    memory = psutil.virtual_memory()
    components["busy"].value = busy
    components["load"].add_data_now(busy)
    components["memory"].add_data_now(round(memory.used / GB, 2), round(getattr(memory, "cached", 0) / GB, 2))
    if not measured:
        measure(panel)


@hooks.schedule(run_every=timedelta(minutes=1))
def look_at_disk(panel):
    disk = psutil.disk_usage("/")
    panel.components["disk"].slices = {"Used": round(disk.used / GB, 1), "Free": round(disk.free / GB, 1)}


@hooks.on("again")
def measure(panel):
    """All packages anew."""
    components = panel.components
    began = time.perf_counter()
    found, paths = [], measuring.files()
    for number, (package, path, name) in enumerate(paths, 1):
        found.append(measuring.measure(package, path, name))
        components["measured"].value = round(100 * number / len(paths), 1)
    measured[:] = found
    components["events"].add(f"measured {len(found)} files in {time.perf_counter() - began:.2f} s")
    show(panel)


def show(panel):
    components = panel.components
    lines = measuring.lines_by_package(measured)
    components["files"].value = len(measured)
    components["lines"].value = sum(lines.values())
    components["shares"].slices = lines
    components["shape"].num_datasets = 1  # empties it
    components["shape"].datasets[0].label = "Nodes"
    for file in sorted(measured, key=lambda file: file.lines):
        if file.lines:
            components["shape"].add_data(file.lines, file.nodes)
    components["syntax"].rows = [[package, *shares(package)] for package in lines]
    components["skyline"].image = drawing.skyline(measured)
    components["spread"].figure = drawing.spread(measured)
    components["report"].offer(drawing.report(measured))
    show_bars(panel)
    show_package(panel)
    search(panel)


def shares(package):
    """How many of 1000 nodes are of each kind."""
    kinds = sum((file.kinds for file in measured if file.package == package), Counter())
    return [round(1000 * kinds[kind] / max(1, kinds.total()), 1) for kind in KINDS]


@hooks.on("bars")
def show_bars(panel):
    chart = panel.components["packages"]
    chart.num_datasets = 1  # empties it
    chart.datasets[0].label = "Lines"
    for package, lines in list(measuring.lines_by_package(measured).items())[: int(panel.components["bars"].value)]:
        chart.add_bar(package, lines)


@hooks.on("package")
def show_package(panel):
    package = panel.components["package"].value
    files = [file for file in measured if file.package == package]
    most = Counter()
    for file in files:
        most.update(file.kinds)
    panel.components["details"].value = {
        "package": package,
        "files": {file.name: file.lines for file in files[:30]},
        "nodes": dict(most.most_common(8)),
    }


@hooks.on("search")
def search(panel):
    wanted = panel.components["search"].value.lower()
    found = sorted((file for file in measured if wanted in file.name.lower()), key=lambda file: -file.lines)[:LARGEST]
    panel.components["largest"].rows = [
        [file.name, file.lines, file.nodes, round(file.nodes / max(1, file.lines), 1)] for file in found
    ]
    if wanted:
        panel.components["events"].add(f"{len(found)} files have {wanted!r} in their names", level="info")
