"""What this machine is doing: processors, memory, disk and network, each second."""

from __future__ import annotations

import platform
import time
from datetime import timedelta

import processes
import psutil
from rates import Rates

from quarterdeck import hooks
from quarterdeck.components import ChartColor

GB = 1e9
MB = 1e6
KB = 1e3
CHARTED = 8  # more lines than this, and nobody can tell them apart

rates = Rates()


@hooks.setup
def setup(panel):
    charted = min(psutil.cpu_count(), CHARTED)
    processors = panel.components["processors"]
    processors.num_datasets = charted
    for number, dataset in enumerate(processors.datasets):
        dataset.label = f"Processor {number}"
    label(panel.components["network"], ("In", ChartColor.Green), ("Out", ChartColor.Purple))
    label(panel.components["disks"], ("Read", ChartColor.Blue), ("Written", ChartColor.Orange))
    panel.components["about"].text = about()


def label(chart, *names):
    for dataset, (name, color) in zip(chart.datasets, names, strict=True):
        dataset.label = name
        dataset.color = color


def about():
    started = time.strftime("%d %B %Y, %H:%M", time.localtime(psutil.boot_time()))
    memory = psutil.virtual_memory().total / GB
    return (
        f"**{platform.node()}** runs {platform.system()} {platform.release()} on {psutil.cpu_count()} processors "
        f"and {memory:.0f} GB of memory, since {started}. Python is {platform.python_version()}."
    )


@hooks.schedule(run_every=timedelta(seconds=1))
def measure(panel):
    show_processors(panel.components)
    show_memory(panel.components)
    show_rates(panel.components)


def show_processors(components):
    busy = psutil.cpu_percent(percpu=True)
    components["load"].value = round(sum(busy) / len(busy), 1)
    components["processors"].add_data_now(*busy[:CHARTED])


def show_memory(components):
    memory, swap, disk = psutil.virtual_memory(), psutil.swap_memory(), psutil.disk_usage("/")
    components["memory_used"].value = round((memory.total - memory.available) / GB, 2)
    components["memory"].value = memory.percent
    components["memory"].style = "danger" if memory.percent > 90 else "info"
    components["swap"].value = swap.percent
    components["disk"].value = disk.percent
    components["disk"].style = "danger" if disk.percent > 90 else "success"


def show_rates(components):
    read, written, received, sent = rates.since_last(*counters())
    components["reads"].value = round((read + written) / MB, 2)
    components["traffic"].value = round((received + sent) / KB, 1)
    components["disks"].add_data_now(round(read / MB, 3), round(written / MB, 3))
    components["network"].add_data_now(round(received / KB, 2), round(sent / KB, 2))


def counters():
    """Bytes read, written, received and sent since the machine started; 0 where the system does not tell."""
    disk, network = psutil.disk_io_counters(), psutil.net_io_counters()
    return (
        disk.read_bytes if disk else 0,
        disk.write_bytes if disk else 0,
        network.bytes_recv if network else 0,
        network.bytes_sent if network else 0,
    )


@hooks.schedule(run_every=timedelta(seconds=5))
def list_processes(panel):
    # As the table shows them: the first of them on top.
    panel.components["busiest_processes"].rows = processes.busiest(8)
