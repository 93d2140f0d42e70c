"""How much memory workers use, with all that they have started.

Resident memory is watched, and no limit is set for the system to hold: ``RLIMIT_AS`` counts what is only reserved,
which numpy and threads do by the gigabyte, and ``RLIMIT_DATA`` counts each child for itself and makes libraries crash
at the first allocation that fails.  The price: it is looked at twice a second, so a shorter peak may pass unseen.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import psutil

from quarterdeck.core.endings import kills_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOOK_SECONDS = 0.5
NONE = "none"
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kKMGT]?)(i?)B\s*")
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_size(text: str) -> int | None:
    """Bytes of "500 MB" or "1.5 GiB"; None for "none".  Raises ValueError."""
    if text.strip() == NONE:
        return None
    found = _SIZE.fullmatch(text)
    size = float(found[1]) * (1024 if found[3] else 1000) ** _POWERS[found[2].upper()] if found else 0
    if size < 1:
        raise ValueError(f"{text!r} is no size of memory")
    return int(size)


def told_size(size: int) -> str:
    """Bytes in words: 512 MB."""
    for name, unit in (("GB", 1000**3), ("MB", 1000**2)):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size:,} bytes"


def beyond(limits: Mapping[int, int]) -> dict[int, int]:
    """What each process that is over its limit uses, by pid, in bytes: it and all of its session.

    Each of them leads a session, as what ``process.start`` starts does.  ``limits`` are bytes by pid.  It reads
    about every process of the machine, so run it in a thread.
    """
    members: dict[int, list[int]] = {pid: [] for pid in limits}
    for pid in psutil.pids():
        try:
            session = os.getsid(pid)
        except (ProcessLookupError, PermissionError):
            continue
        if session in members:
            members[session].append(pid)
    # Pages that a child shares with its parent count twice at first; only who is over the limit so is measured well.
    over = {pid: pids for pid, pids in members.items() if sum(map(_resident, pids)) > limits[pid]}
    used = {pid: sum(map(_proportional, pids)) for pid, pids in over.items()}
    return {pid: size for pid, size in used.items() if size > limits[pid]}


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _proportional(pid: int) -> int:
    try:
        full = psutil.Process(pid).memory_full_info()
    except psutil.AccessDenied:
        return _resident(pid)
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.uss))


def times_short(file: Path) -> int | None:
    """How many processes the system has ended for want of memory; None if it does not tell.

    ``file`` is Linux's /proc/vmstat.
    """
    try:
        return kills_in(file.read_text())
    except OSError:
        return None
