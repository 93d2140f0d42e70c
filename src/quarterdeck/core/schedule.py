"""When a hook is due.  Pure: times come in, times go out.

Times are integer UTC microseconds; *wall* times are the same count as a clock of the deck's time zone reads it.

- ``every`` alone counts elapsed time from the planned time before, so nothing drifts; a time zone does not matter.
- ``at`` (from one day on) is a wall time, each so many days.
- ``aligned`` is every wall time that is a multiple of ``every``, counted from a Monday's midnight.

When the clocks go forward, a wall time that does not exist becomes the moment as far after the change (02:30 becomes
03:30).  When they go back, a wall time that comes twice counts the first time; only steps of at most an hour go on
through the repeated hour, because "every ten minutes" must not pause.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
SET_BACK = 3 * HOUR
"""If a clock is set back by at most so much (microseconds), what has run today does not run once more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MONDAY = 4 * DAY


class Schedule:
    """``every``: microseconds, above 0; ``at``: microseconds after midnight, or None."""

    __slots__ = ("aligned", "at", "every")

    def __init__(self, every: int, at: int | None = None, aligned: bool = False) -> None:
        if every <= 0:
            raise ValueError(f"a schedule has to be longer than nothing, not {every} microseconds")
        self.every = every
        if at is not None and every < DAY:
            raise ValueError(f"at means something from one day on, not for every {span(every)}")
        self.at = at
        self.aligned = aligned and at is None

    def is_like(self, other: Schedule) -> bool:
        """Whether the other one is due at the same times."""
        return (self.every, self.at, self.aligned) == (other.every, other.at, other.aligned)

    def first(self, now: int, tz: tzinfo) -> int:
        """The first due time at or after ``now``; at once, unless ``at`` or ``aligned`` name another."""
        if self.at is not None:
            today = _day(now, tz)
            return next(due for due in (self._at_day(today + n, tz) for n in range(4)) if due >= now)
        return self._next_on_grid(now - 1, tz) if self.aligned else now

    def after(self, planned: int, tz: tzinfo) -> int:
        """The due time that follows the planned time ``planned``, whenever that one really ran."""
        if self.at is not None:
            return self._at_day(_day(planned, tz) + self._days, tz)
        return self._next_on_grid(planned, tz) if self.aligned else planned + self.every

    def latest(self, planned: int, now: int, tz: tzinfo) -> tuple[int, int]:
        """Of all due times from ``planned`` to ``now``: the latest, and how many came before it.

        One catch-up stands for them all, however long the hub was down or the machine asleep.
        """
        if self.at is not None:
            steps = (_day(now, tz) - _day(planned, tz)) // self._days
            if steps and self._at_day(_day(planned, tz) + steps * self._days, tz) > now:
                steps -= 1
            return (self._at_day(_day(planned, tz) + steps * self._days, tz), steps) if steps else (planned, 0)
        if not self.aligned:
            missed = (now - planned) // self.every
            return planned + missed * self.every, missed
        due = max(planned, self._last_on_grid(now, tz))
        return due, max(0, round((due - planned) / self.every))

    def settle(self, planned: int, now: int, tz: tzinfo) -> int:
        """``planned``, unless it lies further ahead than one step: then the clock was set back, and this is mended."""
        if self.at is None and not self.aligned:
            return planned - max(0, planned - now - 1) // self.every * self.every
        # Of frequent ones a repetition is nothing to avoid, but silence is.
        often = self.aligned and self.every <= HOUR
        return planned if planned - now <= self.every + (self.every if often else SET_BACK) else self.first(now, tz)

    def text(self) -> str:
        """In words, for people: ``every 5 minutes``, ``every day at 06:00``."""
        words = f"every {span(self.every)}"
        if self.at is not None:
            return f"{words} at {_time_of_day(self.at)}"
        return f"{words}, aligned" if self.aligned else words

    @property
    def _days(self) -> int:
        return -(-self.every // DAY)

    def _at_day(self, day: int, tz: tzinfo) -> int:
        return instant_of(day * DAY + (self.at or 0), tz)

    def _next_on_grid(self, moment: int, tz: tzinfo) -> int:
        if self.every <= HOUR:
            return self._next_reading(moment, tz)
        wall = moment + offset_at(moment, tz)
        while True:
            wall += self.every - (wall - _MONDAY) % self.every
            due = instant_of(wall, tz)
            if due > moment:
                return due

    def _next_reading(self, moment: int, tz: tzinfo) -> int:
        offset = offset_at(moment, tz)
        due = moment + self.every - (moment + offset - _MONDAY) % self.every
        if offset_at(due, tz) == offset:
            return due
        change = _change(moment, due, tz)
        return change + -(change + offset_at(change, tz) - _MONDAY) % self.every

    def _last_on_grid(self, now: int, tz: tzinfo) -> int:
        """The last due time at or before ``now``."""
        if self.every <= HOUR:
            return self._last_reading(now, tz)
        due = self._next_on_grid(now - self.every - DAY, tz)
        while (following := self._next_on_grid(due, tz)) <= now:
            due = following
        return due

    def _last_reading(self, now: int, tz: tzinfo) -> int:
        due = now - (now + offset_at(now, tz) - _MONDAY) % self.every
        if offset_at(due, tz) == offset_at(now, tz):
            return due
        last = _change(due, now, tz) - 1
        return last - (last + offset_at(last, tz) - _MONDAY) % self.every


def schedule_of(plain: dict[str, object]) -> Schedule:
    """From the plain form ``{"every": microseconds, "at": "HH:MM:SS" or null, "aligned": bool}``; raises ValueError."""
    every, at = plain.get("every"), plain.get("at")
    if not isinstance(every, int) or isinstance(every, bool):
        raise ValueError(f"every has to be a number of microseconds, not {every!r}")
    return Schedule(every, None if at is None else _parse_time(str(at)), plain.get("aligned") is True)


def _parse_time(text: str) -> int:
    time = datetime.strptime(text, "%H:%M:%S.%f" if "." in text else "%H:%M:%S")  # noqa: DTZ007 - a time of day alone
    return (time - datetime(time.year, time.month, time.day)) // _MICROSECOND  # noqa: DTZ001


def span(every: int) -> str:
    """So many microseconds in words: ``5 minutes``, and ``minute`` for one."""
    for name, unit in (("week", 7 * DAY), ("day", DAY), ("hour", HOUR), ("minute", 60 * SECOND), ("second", SECOND)):
        if every % unit == 0:
            return name if every == unit else f"{every // unit} {name}s"
    return f"{every / SECOND:g} seconds"


def _time_of_day(at: int) -> str:
    minutes, rest = divmod(at // SECOND, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{clock}:{rest:02}" if rest else clock


def offset_at(moment: int, tz: tzinfo) -> int:
    """Microseconds that a wall clock of ``tz`` is ahead of UTC."""
    offset = (_EPOCH + moment * _MICROSECOND).astimezone(tz).utcoffset()
    assert offset is not None
    return offset // _MICROSECOND


def instant_of(wall: int, tz: tzinfo) -> int:
    """The moment at which the clock reads ``wall``: the first of two, or where there is none, as it would have been."""
    offset = (_EPOCH + wall * _MICROSECOND).replace(tzinfo=tz, fold=0).utcoffset()
    assert offset is not None
    return wall - offset // _MICROSECOND


def _day(moment: int, tz: tzinfo) -> int:
    return (moment + offset_at(moment, tz)) // DAY


def _change(before: int, after: int, tz: tzinfo) -> int:
    """The first moment in (before, after] at which the clock's offset is no longer that of ``before``."""
    offset = offset_at(before, tz)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if offset_at(middle, tz) == offset else (before, middle)
    return after
