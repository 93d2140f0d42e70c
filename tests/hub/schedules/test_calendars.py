"""Calendars: which moments a file excludes, and what is wrong with one."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from quarterdeck.core.schedule import SECOND
from quarterdeck.hub.schedules.calendars import BadCalendar, Calendar, Calendars, parse_calendar

BERLIN = ZoneInfo("Europe/Berlin")
TEXT = """
# what is closed
2026-05-01   Labour Day
2026-12-24..2027-01-01   Christmas
2026-11-21 22:00 .. 2026-11-22 02:30   move to the new server
Sat..sun
"""


def said(calendar: Calendar, wall: str, zone: ZoneInfo = BERLIN) -> str | None:
    return calendar.excludes(round(datetime.fromisoformat(wall).replace(tzinfo=zone).timestamp() * SECOND), BERLIN)


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("2026-04-30T23:59:59", None),
        ("2026-05-01T00:00", "closed: Labour Day"),
        ("2026-05-01T23:59:59", "closed: Labour Day"),
        ("2027-01-01T23:59", "closed: Christmas"),
        ("2027-01-04T00:00", None),
        ("2026-11-21T22:00", "closed: move to the new server"),
        ("2026-11-22T02:30", "closed"),
        ("2026-11-20T12:00", None),
        ("2026-11-21T12:00", "closed"),
        ("2026-11-22T23:59", "closed"),
        ("2026-11-23T00:00", None),
    ],
)
def test_a_calendar_excludes_what_its_lines_say(wall: str, words: str | None) -> None:
    assert said(Calendar("closed", parse_calendar(TEXT, "closed.txt")), wall) == words


@pytest.mark.parametrize(
    ("line", "inside", "outside"),
    [
        ("22:00..06:00", ["21T22:00", "22T05:59"], ["21T21:59", "22T06:00"]),
        ("06:00..22:00", ["21T06:00", "21T21:59"], ["21T05:59", "21T22:00"]),
        ("fri..mon", ["20T00:00", "21T12:00", "23T23:59"], ["19T23:59", "24T00:00"]),
        ("sun", ["22T00:00"], ["21T23:59", "23T00:00"]),
        ("mon..sun", ["18T12:00", "22T12:00"], []),
        ("tue..mon", ["23T12:00", "24T12:00"], []),
    ],
)
def test_windows_of_each_day_and_week(line: str, inside: list[str], outside: list[str]) -> None:
    calendar = Calendar("c", parse_calendar(line, "c.txt"))
    assert [said(calendar, f"2026-11-{wall}") for wall in inside] == ["c"] * len(inside)
    assert [said(calendar, f"2026-11-{wall}") for wall in outside] == [None] * len(outside)


def test_the_zone_of_the_hook_says_which_day_it_is() -> None:
    calendar = Calendar("c", parse_calendar("2026-05-01", "c.txt"))
    assert said(calendar, "2026-04-30T18:00", ZoneInfo("America/New_York")) == "c"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Christmas", "c.txt:2: 'Christmas' is no day"),
        ("2026-02-30", "day"),
        ("25:00..26:00", "hour must be in"),
        ("22:00", "does not say from when to when"),
        ("2026-11-21 22:00", "does not say from when to when"),
        ("2026-11-21..22:00", "does not say from when to when"),
        ("2026-11-21..2026-11-20", "ends before it begins"),
    ],
)
def test_a_line_that_means_nothing_is_an_error_with_its_place(line: str, message: str) -> None:
    with pytest.raises(BadCalendar, match=message) as caught:
        parse_calendar("# first\n" + line, "c.txt")
    assert str(caught.value).startswith("c.txt:2")
    assert caught.value.hint


def test_a_calendar_changes_with_its_file_and_stays_if_that_is_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "days.txt"
    file.write_text("2026-05-01")
    calendars = Calendars(tmp_path, {"days": "days.txt"})
    calendar = calendars.get("days")
    calendars.look()
    file.write_text("2026-05-02 the day after")
    calendars.look()
    assert said(calendar, "2026-05-02T12:00") == "days: the day after"
    file.write_text("nonsense")
    calendars.look()
    assert "stays as it was" in caplog.text
    file.unlink()
    calendars.look()
    assert calendars.get("days") is calendar
    assert said(calendar, "2026-05-02T12:00") == "days: the day after"


def test_calendars_that_are_not_there(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "deck")
    (tmp_path / "secret.txt").write_text("2026-05-01")
    calendars = Calendars(tmp_path / "deck", {"days": "days.txt", "out": "../secret.txt"})
    with pytest.raises(BadCalendar, match="names no calendar 'dais'") as caught:
        calendars.get("dais")
    assert caught.value.hint == "did you mean 'days'?"
    with pytest.raises(BadCalendar, match="cannot be read"):
        calendars.get("days")
    with pytest.raises(BadCalendar, match="outside of the deck"):
        calendars.get("out")
