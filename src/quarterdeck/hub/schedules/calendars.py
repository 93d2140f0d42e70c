"""Times at which hooks do not run, from plain text files in the deck: a day, a range or a window a line.

    2026-12-24..2027-01-01   Christmas        days, the last one included
    2026-05-01               Labour Day
    2026-11-21 22:00..2026-11-22 02:30   move to the new server
    sat..sun                                  every week
    22:00..06:00             nightly backup   every day, past midnight too

What stands behind the time is its name; empty lines and those that begin with # mean nothing.
"""

from __future__ import annotations

import difflib
import logging
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.hub.mistake import Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo
    from pathlib import Path

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"\d\d:\d\d"
_DAY = r"\d{4}-\d\d-\d\d"
_ONE = rf"{_DAY} {_TIME}|{_DAY}|{_TIME}|{'|'.join(_DAYS)}"
_LINE = re.compile(rf"({_ONE})(?:\s*\.\.\s*({_ONE}))?(?:\s+(.*))?", re.IGNORECASE)
_HINT = "write a day (2026-12-24), days (2026-12-24..2027-01-01), sat..sun, 22:00..06:00, or two days with times"
_log = logging.getLogger(__name__)


class BadCalendar(Mistake):
    """A calendar that is not there or cannot be read."""

    HINT = _HINT


class Window(NamedTuple):
    """From ``start`` to before ``end``: moments of the wall, times of the day, or weekdays from 0 to before 7."""

    start: datetime | time | int
    end: datetime | time | int
    name: str

    def holds(self, wall: datetime) -> bool:
        """Whether this reading of the clock, without a zone, is inside."""
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return self.start <= wall < self.end
        if isinstance(self.start, time) and isinstance(self.end, time):
            return _is_between(self.start, wall.time(), self.end)
        if isinstance(self.start, int) and isinstance(self.end, int):
            return (wall.weekday() - self.start) % 7 < (self.end - self.start - 1) % 7 + 1
        raise TypeError(f"{self} mixes kinds of times")


class Calendar:
    """``windows`` may be replaced while it is in use."""

    def __init__(self, name: str, windows: list[Window]) -> None:
        self.name = name
        self.windows = windows

    def excludes(self, moment: int, tz: tzinfo) -> str | None:
        """Why nothing is to run at this moment (UTC microseconds), in words; None if it may."""
        wall = (_EPOCH + timedelta(microseconds=moment)).astimezone(tz).replace(tzinfo=None)
        found = next((window for window in self.windows if window.holds(wall)), None)
        if found is None:
            return None
        return f"{self.name}: {found.name}" if found.name else self.name


class Calendars:
    """The calendars of a deck: ``files`` gives their files by name, relative to ``folder``."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self._folder = folder
        self._files = files
        self._known: dict[str, Calendar] = {}
        self._marks: dict[str, tuple[int, int]] = {}

    def get(self, name: str) -> Calendar:
        """The calendar of this name; raises BadCalendar."""
        if name not in self._known:
            self._known[name] = Calendar(name, self._read(name))
        return self._known[name]

    def look(self) -> None:
        """Read the files again that have changed.  One that cannot be read stays as it was."""
        for name, calendar in list(self._known.items()):
            try:
                if self._mark(name) != self._marks.get(name):
                    calendar.windows = self._read(name)
            except (OSError, BadCalendar) as error:
                _log.warning("the calendar %s stays as it was: %s", name, error)

    def _mark(self, name: str) -> tuple[int, int]:
        status = (self._folder / self._files[name]).stat()
        return status.st_mtime_ns, status.st_size

    def _read(self, name: str) -> list[Window]:
        if name not in self._files:
            near = difflib.get_close_matches(name, self._files, 1)
            hint = f"did you mean {near[0]!r}?" if near else f'write {name} = "{name}.txt" under [calendars]'
            raise BadCalendar(f"quarterdeck.toml names no calendar {name!r}", hint)
        file = self._files[name]
        path = (self._folder / file).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise BadCalendar(f"the calendar {name!r} is {file}, outside of the deck", "move the file into the deck")
        try:
            self._marks[name] = self._mark(name)
            return parse_calendar(path.read_text(encoding="utf-8-sig"), file)
        except (OSError, UnicodeDecodeError) as error:
            raise BadCalendar(
                f"the calendar {name!r} cannot be read: {error}", f"see to the file {file}, then save the script again"
            ) from None


def parse_calendar(text: str, file: str) -> list[Window]:
    """The windows of a file; raises BadCalendar with file and line."""
    return [
        _window(line.strip(), f"{file}:{number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    ]


def _window(line: str, place: str) -> Window:
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadCalendar(f"{place}: {line!r} is no day, range or window")
    first, last, name = match.groups()
    try:
        start, end = _parse(first), _parse(last or first)
    except ValueError as error:
        raise BadCalendar(f"{place}: {line!r}: {error}") from None
    if type(start) is not type(end) or (isinstance(start, (datetime, time)) and last is None):
        raise BadCalendar(f"{place}: {line!r} does not say from when to when")
    words = (name or "").strip()
    if isinstance(start, int) and isinstance(end, int):
        return Window(start, (end + 1) % 7, words)
    if isinstance(start, time) and isinstance(end, time):
        return Window(start, end, words)
    begin, until = _moment(start), _moment(end)
    if not isinstance(end, datetime):
        until += timedelta(days=1)
    if until <= begin:
        raise BadCalendar(f"{place}: {line!r} ends before it begins")
    return Window(begin, until, words)


def _moment(day: object) -> datetime:
    """The beginning of a day, or the moment itself."""
    if isinstance(day, datetime):
        return day
    assert isinstance(day, date)
    return datetime.combine(day, time())


def _parse(text: str) -> datetime | date | time | int:
    if text.lower() in _DAYS:
        return _DAYS.index(text.lower())
    if len(text) == 5:
        return time.fromisoformat(text)
    return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)


def _is_between(start: time, now: time, end: time) -> bool:
    return start <= now < end if start < end else now >= start or now < end
