"""What the scheduler knows of one script: its hooks, what waits, and what its worker holds."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quarterdeck.hub.schedules.plan import Plan
    from quarterdeck.hub.schedules.turns import Retry, Turn

BY_ITSELF = ("schedule", "retry", "setup")
"""The causes of turns that nobody asked for."""


class Hook:
    """One hook's plan and its turns: at most one waits, and at most one is in its worker's hands.

    ``look`` is when the scheduler decides about ``due``: some time before it, so that the worker starts it by itself.
    """

    __slots__ = ("due", "held", "look", "name", "plan", "planned", "queued", "retry", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.plan: Plan | None = None
        self.planned = 0
        self.due: int | None = None  # up to its jitter after the planned time
        self.look = 0
        self.waiting: Turn | None = None
        self.queued = 0  # turns that wait: more than one only where some came back
        self.held: Turn | None = None
        self.retry: Retry | None = None


class Lane:
    """What one script's only worker has to do: it holds turns, and does them one after the other.

    ``running`` is the one of which the worker said that it goes on, since ``since``; of short ones it says only the
    end.  ``beside`` are those that run in processes of their own.
    """

    __slots__ = ("beside", "fresh", "held", "hooks", "open", "running", "since", "waiting")

    def __init__(self) -> None:
        self.hooks: dict[str, Hook] = {}
        self.waiting: deque[Turn] = deque()
        self.fresh: list[Turn] = []  # came to wait in this very step
        self.held: dict[str, Turn] = {}
        self.beside: dict[str, Turn] = {}
        self.running: Turn | None = None
        self.since = 0
        self.open = False

    def queue(self, hook: Hook, turn: Turn, *, first: bool = False) -> None:
        """The turn waits, and takes the place of a retry."""
        hook.waiting, hook.retry = turn, None
        hook.queued += 1
        self.fresh.append(turn)
        if first:
            self.waiting.appendleft(turn)
        else:
            self.waiting.append(turn)

    def hold(self, hook: Hook, turn: Turn) -> None:
        """A turn that waited is given to the worker."""
        self.leave(hook, turn)
        self.held[turn.run] = hook.held = turn

    def go_beside(self, turn: Turn) -> bool:
        """Let a turn that waited run in a process of its own, if its hook's plan and the runs that go on allow it."""
        hook = self.hooks[turn.hook]
        may = hook.plan is not None and hook.plan.overlap == "allow" and self.runs_of(hook) < hook.plan.parallel
        if not may or hook.held is None or not hook.held.begun:
            return False
        self.leave(hook, turn)
        self.beside[turn.run] = turn
        return True

    def runs_of(self, hook: Hook) -> int:
        """How many runs of a hook go on, or are about to."""
        return (hook.held is not None) + sum(turn.hook == hook.name for turn in self.beside.values())

    def leave(self, hook: Hook, turn: Turn) -> None:
        """The turn waits no more."""
        self.waiting.remove(turn)
        hook.queued -= 1
        hook.waiting = next((each for each in self.waiting if each.hook == hook.name), None) if hook.queued else None

    def release(self, run: str) -> Turn | None:
        """A turn that the worker or a process beside it had is over, or comes back; None if they have no such run."""
        turn = self.held.pop(run, None) or self.beside.pop(run, None)
        if turn is None:
            return None
        if self.running is turn:
            self.running = None
        hook = self.hooks.get(turn.hook)
        if hook is not None and hook.held is turn:
            hook.held = None
        return turn

    def is_free(self) -> bool:
        """Whether the worker can have what somebody asked for: else that waits here, to be changed or cancelled."""
        return self.running is None and all(turn.cause in BY_ITSELF for turn in self.held.values())

    def idle(self) -> list[Turn]:
        """What the worker holds and has not begun, as far as is known."""
        return [turn for turn in self.held.values() if turn is not self.running]
