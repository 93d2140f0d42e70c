from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.core.schedule import DAY, HOUR, SECOND, Schedule, schedule_of

MINUTE = 60 * SECOND
LA = ZoneInfo("America/Los_Angeles")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "America/Los_Angeles",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Asia/Beirut",
        "America/Havana",
        "Pacific/Apia",
    )
]


def us(text: str, zone: ZoneInfo = LA, fold: int = 0) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * SECOND)


def walls(schedule: Schedule, start: str, count: int, zone: ZoneInfo = LA) -> list[str]:
    due, found = schedule.first(us(start, zone), zone), []
    for _ in range(count):
        found.append(f"{datetime.fromtimestamp(due / SECOND, zone):%d %H:%M%z}"[:-2])
        due = schedule.after(due, zone)
    return found


def test_an_interval_counts_from_the_planned_time() -> None:
    schedule = Schedule(HOUR)
    start = us("2016-08-30T13:42:41.737733")
    assert schedule.first(start, LA) == start
    assert schedule.after(start, LA) == start + HOUR


def test_at_is_a_local_time() -> None:
    now = us("2016-08-30T13:42:41.737733")
    assert Schedule(DAY, at=22 * HOUR + 30 * MINUTE + 11 * SECOND).first(now, LA) == us("2016-08-30T22:30:11")
    assert Schedule(DAY, at=8 * HOUR + 22 * MINUTE).first(now, LA) == us("2016-08-31T08:22")
    assert Schedule(DAY, at=8 * HOUR + 22 * MINUTE).first(now + DAY, LA) == us("2016-09-01T08:22")
    assert Schedule(DAY, at=8 * HOUR + 21 * MINUTE).first(us("2016-09-01T08:21"), LA) == us("2016-09-01T08:21")


def test_at_means_something_from_one_day_on() -> None:
    with pytest.raises(ValueError, match="not for every hour"):
        Schedule(HOUR, at=0)
    assert Schedule(36 * HOUR, at=6 * HOUR).after(us("2016-08-30T06:00"), LA) == us("2016-09-01T06:00")


def test_aligned_means_multiples_of_the_interval_in_local_time() -> None:
    now = us("2016-08-31T18:44:03.327717")
    assert Schedule(HOUR, aligned=True).first(now, LA) == us("2016-08-31T19:00")
    assert Schedule(DAY, aligned=True).first(now, LA) == us("2016-09-01T00:00")
    assert Schedule(3 * HOUR, aligned=True).first(now, LA) == us("2016-08-31T21:00")
    assert Schedule(3 * HOUR, aligned=True).first(us("2016-08-31T21:00"), LA) == us("2016-08-31T21:00")


def test_aligned_weeks_begin_on_monday() -> None:
    due = Schedule(7 * DAY, aligned=True).first(us("2026-11-21T09:00", BERLIN), BERLIN)
    assert due == us("2026-11-23T00:00", BERLIN)
    assert datetime.fromtimestamp(due / SECOND, BERLIN).weekday() == 0


def test_daily_over_both_changes_of_the_clock() -> None:
    assert walls(Schedule(DAY, at=6 * HOUR), "2026-03-07T00:00", 3) == ["07 06:00-08", "08 06:00-07", "09 06:00-07"]
    assert walls(Schedule(DAY, at=6 * HOUR), "2026-10-31T00:00", 3) == ["31 06:00-07", "01 06:00-08", "02 06:00-08"]


def test_a_time_that_does_not_exist_and_one_that_comes_twice() -> None:
    missing = Schedule(DAY, at=2 * HOUR + 30 * MINUTE)
    assert walls(missing, "2026-03-07T00:00", 3) == ["07 02:30-08", "08 03:30-07", "09 02:30-07"]
    twice = Schedule(DAY, at=HOUR + 30 * MINUTE)
    assert walls(twice, "2026-10-31T00:00", 3) == ["31 01:30-07", "01 01:30-07", "02 01:30-08"]


def test_aligned_over_both_changes_of_the_clock() -> None:
    half_hours = Schedule(30 * MINUTE, aligned=True)
    assert walls(half_hours, "2026-03-08T01:10", 3) == ["08 01:30-08", "08 03:00-07", "08 03:30-07"]
    assert walls(half_hours, "2026-11-01T01:10", 4) == ["01 01:30-07", "01 01:00-08", "01 01:30-08", "01 02:00-08"]
    two_hours = Schedule(2 * HOUR, aligned=True)
    assert walls(two_hours, "2026-03-08T00:00", 3) == ["08 00:00-08", "08 03:00-07", "08 04:00-07"]
    assert walls(two_hours, "2026-11-01T00:00", 3) == ["01 00:00-07", "01 02:00-08", "01 04:00-08"]
    assert walls(Schedule(DAY, aligned=True), "2026-03-07T00:00", 3) == ["07 00:00-08", "08 00:00-08", "09 00:00-07"]


def test_one_catch_up_stands_for_all_missed() -> None:
    start = us("2026-11-21T00:00")
    assert Schedule(SECOND).latest(start, start + HOUR + 1, LA) == (start + HOUR, 3600)
    assert Schedule(SECOND).latest(start, start, LA) == (start, 0)
    daily = Schedule(DAY, at=6 * HOUR)
    assert daily.latest(us("2026-11-18T06:00"), us("2026-11-21T05:00"), LA) == (us("2026-11-20T06:00"), 2)
    assert daily.latest(us("2026-11-21T06:00"), us("2026-11-21T07:00"), LA) == (us("2026-11-21T06:00"), 0)


@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(us("2011-01-01T00:00"), us("2031-01-01T00:00")),
    interval=st.sampled_from([7 * MINUTE, 30 * MINUTE, HOUR, 90 * MINUTE, 2 * HOUR, 5 * HOUR, DAY, 36 * HOUR, 7 * DAY]),
    form=st.sampled_from([(None, False), (None, True), (0, False), (30 * MINUTE, False), (150 * MINUTE, False)]),
    steps=st.floats(0, 30),
)
def test_latest_is_what_stepping_one_by_one_finds(
    zone: ZoneInfo, start: int, interval: int, form: tuple[int | None, bool], steps: float
) -> None:
    at, aligned = form
    schedule = Schedule(interval, at if interval >= DAY else None, aligned)
    due = planned = schedule.first(start, zone)
    assert start <= planned
    now = planned + round(steps * interval)
    while (following := schedule.after(due, zone)) <= now:
        assert following > due, "time has to go on"
        due = following
    assert schedule.latest(planned, now, zone)[0] == due


def test_a_clock_set_back_does_not_silence_a_hook() -> None:
    now = us("2026-11-21T09:00")
    assert Schedule(SECOND).settle(now + 3600 * SECOND + 250_000, now, LA) == now + 250_000
    assert Schedule(SECOND).settle(now + SECOND, now, LA) == now + SECOND
    assert Schedule(DAY, at=10 * HOUR).settle(now + 9 * DAY, now, LA) == us("2026-11-21T10:00")
    assert Schedule(7 * DAY, at=10 * HOUR).settle(us("2026-11-26T10:00"), now, LA) == us("2026-11-26T10:00")


def test_words_and_the_plain_form() -> None:
    assert schedule_of({"every": SECOND, "at": None, "aligned": False}).text() == "every second"
    assert schedule_of({"every": DAY, "at": "06:00:00", "aligned": False}).text() == "every day at 06:00"
    assert schedule_of({"every": 300 * SECOND, "at": None, "aligned": True}).text() == "every 5 minutes, aligned"
    assert schedule_of({"every": 250_000}).text() == "every 0.25 seconds"
    assert schedule_of({"every": DAY, "at": "06:00:07.5"}).at == 6 * HOUR + 7_500_000
    for wrong, mend in (
        ({"every": None}, "number of microseconds"),
        ({"every": 0}, "longer than nothing"),
        ({"every": True}, "number of microseconds"),
        ({"every": DAY, "at": "noon"}, "does not match"),
    ):
        with pytest.raises(ValueError, match=mend):
            schedule_of(wrong)
