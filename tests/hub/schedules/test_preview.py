"""What schedules will start: the same times at which they then do."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from quarterdeck.core.schedule import DAY, HOUR, SECOND, Schedule
from quarterdeck.hub.schedules.calendars import Calendar, parse_calendar
from quarterdeck.hub.schedules.cron import Cron
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.hub.schedules.preview import Ahead, preview

BERLIN = ZoneInfo("Europe/Berlin")


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()) * SECOND


def times_of(plan: Plan, begin: str, days: int, most: int = 100) -> tuple[list[str], list[str | None], bool]:
    start = us(begin)
    ahead = Ahead("s", "h", plan, plan.zone or BERLIN, plan.schedule.first(start, BERLIN), None)
    (found,) = preview([ahead], start + days * DAY, most)
    told = [datetime.fromtimestamp(at / SECOND, BERLIN).isoformat()[:16] for at, _ in found.times]
    return told, [words for _, words in found.times], found.more


def test_times_follow_the_clock_over_its_changes() -> None:
    nightly = Plan(Cron("30 2 * * *"))
    forward, _, _ = times_of(nightly, "2026-03-28T00:00", 3)
    assert forward == ["2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"]
    back, _, _ = times_of(Plan(Schedule(DAY, at=2 * HOUR + HOUR // 2)), "2026-10-24T12:00", 3)
    assert back == ["2026-10-25T02:30", "2026-10-26T02:30", "2026-10-27T02:30"]


def test_what_a_calendar_skips_says_so_and_what_is_too_much_is_left_out() -> None:
    free = Calendar("free", parse_calendar("sat..sun weekend", "free.txt"))
    times, words, more = times_of(Plan(Schedule(DAY, at=0), calendars=[free]), "2026-11-20T00:00", 9, most=3)
    assert times == ["2026-11-20T00:00", "2026-11-21T00:00", "2026-11-22T00:00"]
    assert words == [None, "free: weekend", "free: weekend"]
    assert more
    assert not times_of(Plan(Schedule(DAY, at=0)), "2026-11-20T00:00", 2, most=3)[2]
