"""A schedule by a cron expression, of the shape of ``core/schedule.py``; the expressions are cronsim's.

Five fields (minute, hour, day, month, weekday), or six with the second first.  When clocks change, the rules are those
of the other schedules: an expression that names hours goes by the wall, so that a time that does not exist becomes the
moment as far after the change and a time that comes twice counts the first time; one for every hour goes on through the
repeated hour.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from cronsim import CronSim, CronSimError

from quarterdeck.core.schedule import HOUR, SECOND, SET_BACK, instant_of, offset_at
from quarterdeck.hub.mistake import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

MOST_COUNTED = 1000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - walls are counted from it
_SECOND = timedelta(seconds=1)
_CHANGE = 3 * HOUR  # more than any clock changes at once
_HINT = 'five fields: minute, hour, day, month, weekday, such as "0 6 * * 1-5"; or six, with the second first'


class BadCron(Mistake):
    """An expression that cannot be followed."""

    HINT = _HINT


class Cron:
    """Due whenever the clock matches ``expression``; raises BadCron."""

    __slots__ = ("_every_hour", "expression")

    def __init__(self, expression: str) -> None:
        self.expression = " ".join(expression.split())
        try:
            parsed = CronSim(self.expression, _EPOCH)
            next(parsed)
        except CronSimError as error:
            raise BadCron(f"the cron expression {expression!r} cannot be read: {error}") from None
        except StopIteration:
            raise BadCron(f"the cron expression {expression!r} names no day that ever comes") from None
        self._every_hour = len(parsed.hours) == 24

    def is_like(self, other: object) -> bool:
        """Whether the other one is due at the same times."""
        return isinstance(other, Cron) and self.expression == other.expression

    def first(self, now: int, tz: tzinfo) -> int:
        """The first due time at or after ``now``."""
        return self.after(now - 1, tz)

    def after(self, planned: int, tz: tzinfo) -> int:
        """The first due time after ``planned``."""
        found, until = 0, 0
        begin = planned - (_CHANGE if _changes_near(planned, tz) else 0)
        for wall, due in self._walk(begin, tz):
            if due <= planned:
                continue
            if not found:
                found, until = due, wall + (_CHANGE if _changes_near(due, tz) else 0)
            found = min(found, due)
            if self._every_hour or wall >= until:
                break
        return found

    def latest(self, planned: int, now: int, tz: tzinfo) -> tuple[int, int]:
        """Of all due times from ``planned`` to ``now``: the latest, and how many came before it, at most 1,000."""
        last = max(planned, self._last(now, tz))
        if last == planned:
            return planned, 0
        # Where the clock changes, two readings may be one moment, and moments may come out of order.
        begin = planned - 1 - (_CHANGE if _changes_near(planned, tz) else 0)
        near = takewhile(lambda due: due < last + _CHANGE, (due for _, due in self._walk(begin, tz)))
        before: set[int] = set()
        for due in near:
            if planned <= due < last:
                before.add(due)
                if len(before) == MOST_COUNTED:
                    break
        return last, len(before)

    def settle(self, planned: int, now: int, tz: tzinfo) -> int:
        """``planned``, or the next due time if a clock that was set back has made that one lie too far ahead.

        The one time that comes anew when a clock is set back by a little has had its run.
        """
        first = self.first(now, tz)
        has_run = first - now <= SET_BACK and self.after(first, tz) >= planned
        return planned if first >= planned or has_run else first

    def text(self) -> str:
        """In words, for people: ``at 06:00 on Monday through Friday``."""
        words = CronSim(self.expression, _EPOCH).explain()
        return words[0].lower() + words[1:]

    def _last(self, now: int, tz: tzinfo) -> int:
        """The last due time at or before ``now``."""
        found, until = 0, 0
        begin = now + (_CHANGE if _changes_near(now, tz) else 0)
        for wall, due in self._walk(begin - begin % SECOND + SECOND, tz, back=True):
            if due > now:
                continue
            if not found:
                found, until = due, wall - (_CHANGE if _changes_near(due, tz) else 0)
            found = max(found, due)
            if self._every_hour or wall <= until:
                break
        return found

    def _walk(self, moment: int, tz: tzinfo, *, back: bool = False) -> Iterator[tuple[int, int]]:
        """(wall, moment) of the due times from ``moment`` on, by the clock's reading or by elapsed time."""
        if self._every_hour:
            start = (_EPOCH.replace(tzinfo=UTC) + moment // SECOND * _SECOND).astimezone(tz)
            for each in CronSim(self.expression, start, reverse=back):
                due = (each - _EPOCH.replace(tzinfo=UTC)) // _SECOND * SECOND
                yield due, due
            return
        wall = _EPOCH + (moment + offset_at(moment, tz)) // SECOND * _SECOND
        for each in CronSim(self.expression, wall, reverse=back):
            reading = (each - _EPOCH) // _SECOND * SECOND
            yield reading, instant_of(reading, tz)


def _changes_near(moment: int, tz: tzinfo) -> bool:
    return offset_at(moment - _CHANGE, tz) != offset_at(moment + _CHANGE, tz)
