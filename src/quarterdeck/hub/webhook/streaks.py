"""What is worth a message.  Pure: told what happened and the time, says what is to be told now.

A hook is well or failing; a message goes out when that is not what was told last.  So ``failed`` is told once a streak,
however long it is, and then ``recovered``.  A hook that changes all the time has four messages at once and then one
each quarter of an hour, which says how it is by then.  A failure that is to be retried is not told before the last try.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.core.schedule import HOUR, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

AT_ONCE = 4
GIVEN_BACK = HOUR // 4
"""Microseconds after which a hook may have one more message."""
SLIP_PAUSE = HOUR
GRACE = 60 * SECOND
"""Microseconds that a retry may be late before its failure is told all the same."""
_NEVER = math.inf
_KEPT = ("failing", "told", "run", "at", "since", "times", "held")


class Who(NamedTuple):
    """A hook of a script; without ``hook`` the script itself, without both the hub."""

    script: str = ""
    hook: str = ""


class News(NamedTuple):
    """One message: ``event`` is failed, recovered or slipped.

    ``since`` is when the streak began, ``times`` how often it failed or slipped, ``changes`` how often it failed and
    recovered unsaid before that; ``late`` of a slip, in microseconds like all times.
    """

    event: str
    who: Who
    run: str | None
    at: int
    since: int
    times: int
    changes: int = 0
    late: int = 0


class _Streak:
    __slots__ = ("at", "changes", "failing", "held", "left", "run", "since", "spent", "times", "told")

    def __init__(self) -> None:
        self.failing = self.told = False
        self.run: str | None = None
        self.at = self.since = self.times = self.changes = 0
        self.held: float = 0  # a retry comes: not to be told before then
        self.left, self.spent = float(AT_ONCE), 0

    def allowance(self, now: int) -> float:
        return min(AT_ONCE, self.left + max(0, now - self.spent) / GIVEN_BACK)

    def spend(self, now: int) -> None:
        self.left, self.spent = self.allowance(now) - 1, now

    def due(self) -> float:
        """When its message is due; never if all is said."""
        if self.failing == self.told:
            return _NEVER
        paid = self.spent + max(0.0, 1 - self.left) * GIVEN_BACK
        return max(self.held if self.failing else 0, paid)

    def plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _KEPT}


class _Slip:
    __slots__ = ("at", "late", "run", "since", "times", "told")

    def __init__(self) -> None:
        self.run: str | None = None
        self.at = self.late = self.times = self.since = 0
        self.told: float = -_NEVER


class Streaks:
    """``keep(who, plain)`` is called with what must outlive the hub, None when nothing must."""

    def __init__(self, keep: Callable[[Who, dict[str, Any] | None], None]) -> None:
        self._keep = keep
        self._streaks: dict[Who, _Streak] = {}
        self._slips: dict[Who, _Slip] = {}

    def __bool__(self) -> bool:
        return bool(self._streaks)

    def restore(self, who: Who, plain: Mapping[str, Any]) -> None:
        """What an earlier hub kept."""
        streak = self._streaks[who] = _Streak()
        for name in _KEPT:
            setattr(streak, name, plain[name])

    def failed(self, who: Who, run: str | None, now: int, *, retries: int = 0, pause: int | None = None) -> None:
        """It failed; ``pause`` is how long after that it is retried, None if it is not."""
        streak = self._streaks.setdefault(who, _Streak())
        if not streak.failing:
            streak.failing, streak.since, streak.times = True, now, 0
        streak.run, streak.at, streak.times = run, now, streak.times + 1
        # Of a hook that is due before its retries, each run is a first one: the number of failures decides as well.
        streak.held = 0 if pause is None or streak.times > retries else now + pause + GRACE
        self._keep(who, streak.plain())

    def began(self, who: Who) -> None:
        """A run of it is on its way: if it is a retry, its end decides."""
        streak = self._streaks.get(who)
        if streak is not None and streak.held:
            streak.held = _NEVER

    def gave_up(self, who: Who) -> None:
        """The run that was on its way was cancelled."""
        streak = self._streaks.get(who)
        if streak is not None:
            streak.held = 0

    def went_well(self, who: Who, run: str | None, now: int) -> None:
        """It ended well."""
        streak = self._streaks.get(who)
        if streak is None or not streak.failing:
            return
        streak.changes += not streak.held
        streak.failing, streak.run, streak.at, streak.held = False, run, now, 0
        self._keep(who, streak.plain() if streak.told else None)

    def slipped(self, who: Who, run: str, late: int, now: int) -> None:
        """A run started late."""
        slip = self._slips.setdefault(who, _Slip())
        if not slip.times:
            slip.since = now
        slip.run, slip.late, slip.at, slip.times = run, max(late, slip.late), now, slip.times + 1

    def untell(self, who: Who) -> None:
        """What was to be told of it never arrived: if it fails still, that is told once more."""
        streak = self._streaks.get(who)
        if streak is not None and streak.failing:
            streak.told = False
            self._keep(who, streak.plain())

    def forget(self, script: str, but: Container[str] = ()) -> None:
        """The script is gone, or all its hooks but these are."""
        for who in [who for who in self._streaks if who.script == script and who.hook not in but]:
            del self._streaks[who]
            self._keep(who, None)
        for who in [who for who in self._slips if who.script == script and who.hook not in but]:
            del self._slips[who]

    def take(self, now: int, room: int) -> Iterator[News]:
        """What is to be told now, at most ``room`` messages; what finds none is told later, as it is by then."""
        due = [who for who, streak in self._streaks.items() if streak.due() <= now]
        for who in due[:room]:
            yield self._tell(who, self._streaks[who], now)
        slips = [who for who, slip in self._slips.items() if slip.times and slip.told + SLIP_PAUSE <= now]
        for who in slips[: max(0, room - len(due))]:
            yield self._tell_slip(who, self._slips[who], now)
        self._clear(now)

    def wake(self) -> float:
        """When the next one is due, never (infinity) if all is said."""
        streaks = (streak.due() for streak in self._streaks.values())
        slips = (slip.told + SLIP_PAUSE for slip in self._slips.values() if slip.times)
        return min((*streaks, *slips), default=_NEVER)

    def _tell(self, who: Who, streak: _Streak, now: int) -> News:
        streak.told = streak.failing
        streak.spend(now)
        unsaid = streak.changes - (not streak.failing)
        event = "failed" if streak.failing else "recovered"
        news = News(event, who, streak.run, streak.at, streak.since, streak.times, max(0, unsaid))
        streak.changes = 0
        self._keep(who, streak.plain() if streak.told else None)
        return news

    def _tell_slip(self, who: Who, slip: _Slip, now: int) -> News:
        news = News("slipped", who, slip.run, slip.at, slip.since, slip.times, late=slip.late)
        slip.told, slip.times, slip.late = now, 0, 0
        return news

    def _clear(self, now: int) -> None:
        """Whoever is well, and may have all its messages again, need not be remembered."""
        over = [
            who
            for who, streak in self._streaks.items()
            if not streak.failing and not streak.told and streak.allowance(now) >= AT_ONCE
        ]
        for who in over:
            del self._streaks[who]
