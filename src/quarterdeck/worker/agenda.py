"""What a worker was given to run and has not begun: each turn when it is due, the earliest first."""

from __future__ import annotations

import heapq
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.core.clock import Clock

    Turn = dict[str, Any]


class Agenda:
    """Turns come in on the client's thread and are taken by the main thread.  A turn is plain: see ``Turn.plain``.

    When a turn is due is settled when it comes, so that a clock that somebody sets moves none.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._heap: list[tuple[float, int, Turn]] = []
        self._count = 0
        self._taken: list[str] = []

    def add(self, turns: Iterable[Turn]) -> None:
        """These are to be run."""
        now, moment = self._clock.now(), self._clock.monotonic()
        with self._lock:
            for turn in turns:
                # What setup makes, all others rely on.
                first = -1 if turn["cause"] == "setup" else 1
                self._count += 1
                due = moment + max(0, turn["due"] - now) / 1_000_000
                heapq.heappush(self._heap, (due, first * self._count, turn))

    def take(self) -> Turn | None:
        """The next turn that is due; None if none is."""
        with self._lock:
            if not self._heap or self._heap[0][0] > self._clock.monotonic():
                return None
            turn = heapq.heappop(self._heap)[2]
            self._taken = [turn["run"]]
            return turn

    def is_due(self) -> bool:
        """Whether a further turn is due."""
        with self._lock:
            return bool(self._heap) and self._heap[0][0] <= self._clock.monotonic()

    def wait(self, longest: float) -> float:
        """Seconds until the next turn is due, at most ``longest``."""
        with self._lock:
            return min(longest, max(0.0, self._heap[0][0] - self._clock.monotonic())) if self._heap else longest

    def give_back(self, runs: Iterable[str]) -> list[str]:
        """Forget these, as far as they are here; which they were."""
        wanted = set(runs)
        with self._lock:
            back = [entry for entry in self._heap if entry[2]["run"] in wanted]
            self._heap = [entry for entry in self._heap if entry[2]["run"] not in wanted]
            heapq.heapify(self._heap)
        return [entry[2]["run"] for entry in back]

    def held(self) -> list[str]:
        """The runs that are to come, and the one that was taken last: whether it has begun is told elsewhere."""
        with self._lock:
            return self._taken + [entry[2]["run"] for entry in self._heap]
