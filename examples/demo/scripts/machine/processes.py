"""Which processes keep the machine busy."""

from __future__ import annotations

import psutil

FIELDS = ["name", "pid", "cpu_percent", "memory_info"]


def busiest(count):
    """Rows of name, number, processor share in % of one processor, and memory in MB, the busiest first."""
    found = [process.info for process in psutil.process_iter(FIELDS) if process.info["memory_info"]]
    found.sort(key=lambda info: (info["cpu_percent"] or 0, info["memory_info"].rss), reverse=True)
    return [
        [info["name"], info["pid"], round(info["cpu_percent"] or 0, 1), round(info["memory_info"].rss / 1e6, 1)]
        for info in found[:count]
    ]
