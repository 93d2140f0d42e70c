"""Which processes keep the machine busy."""

from __future__ import annotations

import psutil

FIELDS = ["name", "pid", "cpu_percent", "memory_info"]


def busiest(count):
    """The busiest first: name, number (a text, for it is no amount), % of one processor, and memory in MB."""
    found = [process.info for process in psutil.process_iter(FIELDS) if process.info["memory_info"]]
    found.sort(key=lambda info: (info["cpu_percent"] or 0, info["memory_info"].rss), reverse=True)
    return [
        [info["name"], str(info["pid"]), round(info["cpu_percent"] or 0, 1), round(info["memory_info"].rss / 1e6, 1)]
        for info in found[:count]
    ]
