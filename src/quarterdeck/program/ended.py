"""How a program ended: the state of its job, in words, with the mend as far as there is one."""

from __future__ import annotations

import signal
from typing import NamedTuple

from quarterdeck.core.endings import KILLS, Mends, ending, kills_in

_MENDS = Mends(
    exit="",
    crash="native code crashed: python -X faulthandler says where; update that, or call it in a process of its own",
    signal="",
    memory="let it hold less at once, or give the machine more memory",
)
_ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""What people and systems send to have a program end."""


class Ended(NamedTuple):
    """``code`` is the exit code, None if a signal ended it."""

    state: str
    reason: str
    hint: str
    code: int | None


def ended(code: int, kills: int | None, *, stopped: bool) -> Ended:
    """By its exit code, or -N if signal N ended it.

    ``kills``: see ``times_short`` as it began; ``stopped``: somebody asked for it on the hub.
    """
    words, hint = ending(code, kills, times_short(), _MENDS)
    shown = code if code >= 0 else None
    if stopped:
        return Ended("interrupted", f"somebody stopped it: it {words}", "", shown)
    if code == 0:
        return Ended("done", "it came to its end", "", shown)
    if code > 0:
        return Ended("failed", f"it {words}", hint, shown)
    if -code in _ASKED:
        return Ended("interrupted", f"it {words}", hint, shown)
    return Ended("lost", f"it {words}", hint, shown)


def times_short() -> int | None:
    """How many processes the system has ended for want of memory; None if it does not tell."""
    try:
        with open(KILLS, encoding="ascii") as file:
            return kills_in(file.read())
    except OSError:
        return None
