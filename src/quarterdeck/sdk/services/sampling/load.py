"""How busy the process and the machine are, and a thread of it: read from the system where it tells."""

from __future__ import annotations

import os
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Used = tuple[int, int | None, int]
    """When, and the nanoseconds of processor time of a thread (None: the system does not tell) and of the process."""


def used(ident: int) -> Used:
    """What the thread of this id and the process have used so far."""
    return time.perf_counter_ns(), _of_thread(ident), time.process_time_ns()


def told_cpu(before: Used, after: Used) -> dict[str, Any]:
    """The field ``cpu`` of an outlier: seconds that were used between two readings, ``over`` so many seconds."""
    (at, thread, process), (at_end, thread_then, process_then) = before, after
    return {
        "over": _seconds(at_end - at),
        "thread": None if thread is None or thread_then is None else _seconds(thread_then - thread),
        "process": _seconds(process_then - process),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "cores": os.cpu_count(),
    }


def told_memory() -> dict[str, int | None]:
    """The field ``memory`` of an outlier, in bytes: of the process, and what the machine has and has free."""
    own = _text("/proc/self/statm").split()
    machine = dict(line.split(":", 1) for line in _text("/proc/meminfo").splitlines() if ":" in line)
    return {
        "process": int(own[1]) * os.sysconf("SC_PAGE_SIZE") if len(own) > 1 else None,
        "free": _kilobytes(machine.get("MemAvailable")),
        "total": _kilobytes(machine.get("MemTotal")),
    }


def _of_thread(ident: int) -> int | None:
    """By its file in /proc: to ask for the clock of a thread that has just ended would crash the process."""
    # Not by threading.enumerate(), whose lock others may need.
    thread = getattr(threading, "_active", {}).get(ident)
    told = _text(f"/proc/self/task/{thread.native_id}/schedstat").split() if thread is not None else []
    return int(told[0]) if told else None


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def _kilobytes(said: str | None) -> int | None:
    return int(said.split()[0]) * 1024 if said else None


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / 1e9, 3)
