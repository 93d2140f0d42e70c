"""How long the hooks of a script usually take: their own good runs are the measure."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.core.schedule import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = 50
ENOUGH = 10
SPREADS = 6
"""So many times the usual distance from the median is unusual; for a normal distribution that is four sigma."""
LEAST = SECOND // 10
AGAIN = 5
"""A new run changes the measure little: it is taken anew after so many, or a fifth of those that are kept."""


class Unusual(NamedTuple):
    """A run that was ``long`` or ``short``; ``usual`` is the median, in microseconds."""

    kind: str
    usual: int


class Durations:
    """``kept`` is what ``plain`` gave once."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        self._past = {hook: deque(map(int, past), KEPT) for hook, past in (kept or {}).items()}
        self._limits: dict[str, tuple[int, int, int]] = {}
        self._since: dict[str, int] = {}

    def judge(self, hook: str, duration: int) -> Unusual | None:
        """Whether a good run of this hook was unusual by those before it; it counts for those after it."""
        past = self._past.get(hook)
        if past is None:
            past = self._past[hook] = deque(maxlen=KEPT)
        found = None
        if len(past) >= ENOUGH:
            low, usual, high = self._limits_of(hook, past)
            kind = "long" if duration > high else "short" if duration < low else ""
            found = Unusual(kind, usual) if kind else None
        past.append(duration)
        self._since[hook] = self._since.get(hook, 0) + 1
        return found

    def median_of(self, hook: str) -> int | None:
        """How long a good run of this hook takes, in microseconds; None if there was none."""
        past = self._past.get(hook)
        return round(median(past)) if past else None

    def plain(self) -> dict[str, list[int]]:
        """What is to be kept over a restart."""
        return {hook: list(past) for hook, past in self._past.items()}

    def _limits_of(self, hook: str, past: deque[int]) -> tuple[int, int, int]:
        if hook not in self._limits or self._since.get(hook, 0) >= max(AGAIN, len(past) // AGAIN):
            self._since[hook] = 0
            self._limits[hook] = limits(past)
        return self._limits[hook]


def limits(past: deque[int]) -> tuple[int, int, int]:
    """(shortest usual duration, median, longest): at least half the median and a tenth of a second away from it."""
    middle = median(past)
    spread = median(abs(each - middle) for each in past)
    away = max(SPREADS * spread, middle / 2, LEAST)
    return round(middle - away), round(middle), round(middle + away)
