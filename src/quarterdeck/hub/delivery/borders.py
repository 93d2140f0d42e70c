"""When the open batch closes; and who sends all the time is read once a border, just before it.

A wake-up of the hub costs far more than one more change in it.  So a connection that sent several batches since the
border before is held when a border has closed: what it sends stays with the system and wakes nobody.  At the next
border, which then comes whether anything has changed or not, it is released, a few passes of the event loop read all
that has come, and the batch closes.  Whoever sends rarely, waits for answers, or sends much is read as it sends.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

PACE = 0.05
"""Seconds between borders while changes keep coming."""
SLOWEST = 0.08
"""Seconds between borders at most, however many viewers each has to be written to."""
WRITES = 2800
"""A second: the more viewers a border is for, the later comes the next, as far as that goes."""
AT_ONCE = 3
"""How many batches after quiet go out at once: a run begins, draws, and ends within milliseconds."""
PASSES = 5
"""Of the event loop: from the release of a connection until what it has sent is folded takes two or three."""
SEVERAL = 2
"""Messages since the last border, without which holding a connection saves nothing."""
MUCH = 32_768
"""Bytes since the last border, beyond which the system might not keep what comes until the next."""


class Timers(Protocol):
    """What delivery needs of an event loop; times are its own seconds."""

    def time(self) -> float: ...
    def call_soon(self, callback: Callable[[], object], /) -> asyncio.Handle: ...
    def call_at(self, when: float, callback: Callable[[], object], /) -> asyncio.TimerHandle: ...


class Inflow(Protocol):
    """What comes in on a connection. Neither call raises, nor matters to one that is closed."""

    def hold(self) -> None:
        """Read nothing more for now."""
        ...

    def release(self) -> None:
        """Read again."""
        ...


class Borders:
    """``close`` ends the open batch; it returns for how many viewers it was, 0 if nobody watches what has changed."""

    def __init__(self, close: Callable[[], int], timers: Timers | None = None) -> None:
        self._close = close
        self._given = timers
        self._pace = PACE
        self._paid_until = 0.0
        self._next: asyncio.Handle | None = None
        self._sent: dict[Inflow, tuple[int, int]] = {}
        self._held: list[Inflow] = []

    @property
    def _timers(self) -> Timers:
        return self._given or asyncio.get_running_loop()

    def touch(self) -> None:
        """Something has changed: a border comes at once after quiet, else at the pace of delivery."""
        if self._next is None:
            timers, due = self._timers, self._due
            self._next = timers.call_at(due, self._border) if due > timers.time() else timers.call_soon(self._border)

    def sent(self, inflow: Inflow, size: int) -> None:
        """A connection that does nothing else has sent a message of batches of so many bytes."""
        if self._next is not None:
            messages, before = self._sent.get(inflow, (0, 0))
            self._sent[inflow] = (messages + 1, before + size)

    @property
    def _due(self) -> float:
        return self._paid_until - (AT_ONCE - 1) * self._pace

    def _border(self) -> None:
        held, self._held = self._held, []
        for inflow in held:
            inflow.release()
        self._pass(PASSES if held else 0)

    def _pass(self, left: int) -> None:
        if left:
            self._next = self._timers.call_soon(lambda: self._pass(left - 1))
            return
        now, self._next = self._timers.time(), None
        sent, self._sent = self._sent, {}
        if viewers := self._close():
            self._pace = min(max(PACE, viewers / WRITES), SLOWEST)
            self._paid_until = max(self._paid_until, now) + self._pace
        busy = [inflow for inflow, (messages, size) in sent.items() if messages >= SEVERAL and size <= MUCH]
        if busy and self._due > now:
            self.touch()
            self._held = busy
            for inflow in busy:
                inflow.hold()
