"""How a process ended, in words, and the mend as far as there is one.  Pure: who asks says what the system told."""

from __future__ import annotations

import re
import signal
from typing import NamedTuple


class Mends(NamedTuple):
    """What to do about each kind of end."""

    exit: str
    crash: str
    signal: str
    memory: str


KILLS = "/proc/vmstat"
"""Where Linux tells how many processes it has ended for want of memory."""
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
_KILLED = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def kills_in(text: str) -> int | None:
    """How many processes the system has ended for want of memory, by the text of ``KILLS``; None: it does not tell."""
    found = _KILLED.search(text)
    return int(found[1]) if found else None


def ending(code: int, before: int | None, after: int | None, mends: Mends) -> tuple[str, str]:
    """The end of a process in words that follow its name, and the mend.

    ``code`` is its exit code, or -N if signal N ended it; ``before`` and ``after`` are how many processes the system
    had ended for want of memory when it began and when it ended.
    """
    if code >= 0:
        return f"ended with exit code {code}", mends.exit
    number = -code
    if number != signal.SIGKILL:
        return f"was killed by {name_of(number)}", mends.crash if number in _CRASHES else mends.signal
    if after is not None and after == before:
        return "was killed by SIGKILL; it was not the system for want of memory", mends.signal
    more = "and the system was short of memory" if after is not None else "as the system does when memory is short"
    return f"was killed by SIGKILL, {more}", mends.memory


def name_of(number: int) -> str:
    """The name of a signal."""
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
