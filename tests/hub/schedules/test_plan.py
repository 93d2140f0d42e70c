"""Cron expressions, zones and what is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quarterdeck.core.schedule import DAY, HOUR, SECOND, offset_at
from quarterdeck.hub.schedules.cron import Cron
from quarterdeck.hub.schedules.plan import BadPlan, plan_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana")
]


def us(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * SECOND)


def walls(expression: str, start: str, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    cron, found = Cron(expression), []
    due = cron.first(us(start, zone), zone)
    for _ in range(count):
        found.append(f"{datetime.fromtimestamp(due / SECOND, zone):%d %H:%M%z}"[:-2])
        due = cron.after(due, zone)
    return found


def test_an_expression_goes_by_the_clock_of_the_zone() -> None:
    cron = Cron("0 6 * * 1-5")
    assert cron.first(us("2026-11-21T09:00"), BERLIN) == us("2026-11-23T06:00")
    assert cron.first(us("2026-11-23T06:00"), BERLIN) == us("2026-11-23T06:00")
    assert cron.after(us("2026-11-23T06:00"), BERLIN) == us("2026-11-24T06:00")
    assert cron.first(us("2026-11-21T09:00"), ZoneInfo("Asia/Tokyo")) == us("2026-11-22T22:00")


def test_seconds_come_first_in_six_fields() -> None:
    cron = Cron("*/20 * * * * *")
    assert cron.after(us("2026-11-21T09:00:20"), BERLIN) == us("2026-11-21T09:00:40")


def test_leap_days_and_last_days() -> None:
    leap = Cron("0 0 29 2 *")
    first = leap.first(us("2026-11-21T09:00"), BERLIN)
    assert [first, leap.after(first, BERLIN)] == [us("2028-02-29T00:00"), us("2032-02-29T00:00")]
    assert walls("30 12 L * *", "2028-01-15T00:00", 3) == ["31 12:30+01", "29 12:30+01", "31 12:30+02"]


def test_an_hour_that_does_not_exist_is_as_far_after_the_change() -> None:
    assert walls("30 2 * * *", "2026-03-28T00:00", 3) == ["28 02:30+01", "29 03:30+02", "30 02:30+02"]
    assert walls("*/30 2 * * *", "2026-03-28T12:00", 3) == ["29 03:00+02", "29 03:30+02", "30 02:00+02"]
    assert walls("0 1,2,3 * * *", "2026-03-29T00:00", 3) == ["29 01:00+01", "29 03:00+02", "30 01:00+02"]
    assert walls("30 * * * *", "2026-03-29T01:00", 3) == ["29 01:30+01", "29 03:30+02", "29 04:30+02"]


def test_an_hour_that_comes_twice_counts_once_except_for_every_hour() -> None:
    assert walls("30 2 * * *", "2026-10-24T00:00", 3) == ["24 02:30+02", "25 02:30+02", "26 02:30+01"]
    assert walls("*/30 2 * * *", "2026-10-25T00:00", 3) == ["25 02:00+02", "25 02:30+02", "26 02:00+01"]
    assert walls("30 * * * *", "2026-10-25T01:00", 4) == ["25 01:30+02", "25 02:30+02", "25 02:30+01", "25 03:30+01"]
    inside = us("2026-10-25T02:10", fold=1)
    assert Cron("30 2 * * *").first(inside, BERLIN) == us("2026-10-26T02:30")


@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(us("2012-01-01T00:00"), us("2031-01-01T00:00")),
    expression=st.sampled_from(
        ["*/7 * * * *", "30 * * * *", "0 */2 * * *", "10,35 2,3 * * *", "0 0 * * *", "45 1 * * 1", "0 0 1 * *"]
    ),
    steps=st.integers(0, 40),
    rest=st.floats(0, 1),
)
# The clock goes forward over two of the readings, which so become moments that there are already.
@example(ZoneInfo("Europe/Berlin"), 1_774_488_899_999_305, "10,35 2,3 * * *", 13, 0.0)
def test_latest_is_what_stepping_one_by_one_finds(
    zone: ZoneInfo, start: int, expression: str, steps: int, rest: float
) -> None:
    cron = Cron(expression)
    planned = due = cron.first(start, zone)
    assert planned >= start
    for _ in range(steps):
        following = cron.after(due, zone)
        assert following > due, "time has to go on"
        due = following
    now = due + round((cron.after(due, zone) - due - 1) * rest)
    assert cron.latest(planned, now, zone) == (due, steps)


@pytest.mark.long
def test_every_change_of_the_clock_is_stepped_through() -> None:
    days = range(us("2026-01-01T00:00"), us("2027-01-01T00:00"), DAY)
    changes = [(day, zone) for zone in ZONES for day in days if offset_at(day, zone) != offset_at(day + DAY, zone)]
    assert len(changes) == 8
    for day, zone in changes:
        for expression in ("10,35 1-4 * * *", "*/20 0-5 * * *", "0 2 * * *"):
            cron = Cron(expression)
            due = cron.first(day - DAY, zone)
            while due < day + 2 * DAY:
                following = cron.after(due, zone)
                assert due < following <= due + DAY + 2 * HOUR
                assert cron.latest(following, following, zone) == (following, 0)
                due = following


def test_a_long_downtime_is_counted_to_a_thousand() -> None:
    cron = Cron("* * * * *")
    now = us("2026-11-21T09:00")
    assert cron.latest(now - 30 * DAY, now, BERLIN) == (now, 1000)


def test_a_clock_set_back_does_not_silence_it() -> None:
    cron = Cron("0 * * * *")
    now = us("2026-11-21T09:30")
    assert cron.settle(us("2026-11-25T10:00"), now, BERLIN) == us("2026-11-21T10:00")
    assert cron.settle(us("2026-11-21T10:00"), now, BERLIN) == us("2026-11-21T10:00")


def test_words() -> None:
    assert plan_of("h", {"cron": "0 6 * * 1-5"}).text() == "at 06:00 on Monday through Friday"
    daily = {"every": DAY, "at": "06:00:00", "tz": "Asia/Tokyo", "jitter": 30 * SECOND}
    assert plan_of("h", daily).text() == "every day at 06:00, Asia/Tokyo, up to 30 seconds later"
    assert plan_of("h", {"every": DAY, "jitter": SECOND}).text() == "every day, up to a second later"
    assert plan_of("h", {"every": DAY, "jitter": 3600 * SECOND}).text() == "every day, up to an hour later"


def test_what_is_due_at_other_times_is_another_plan() -> None:
    hook = {"every": DAY, "at": "06:00:00"}
    plan = plan_of("h", hook)
    assert plan.is_like(plan_of("h", dict(hook)))
    for change in ({"tz": "Asia/Tokyo"}, {"jitter": 5}, {"at": "07:00:00"}, {"cron": "0 6 * * *"}):
        assert not plan.is_like(plan_of("h", {**hook, **change})), change
    assert plan_of("h", {"cron": "0  6 * * *"}).is_like(plan_of("h", {"cron": "0 6 * * *"}))


@pytest.mark.parametrize(
    ("hook", "message", "hint"),
    [
        ({"cron": "0 25 * * *"}, "hook 'h': the cron expression '0 25 * * *' cannot be read: Bad hour", "five fields"),
        ({"cron": "daily"}, "'daily' cannot be read: Wrong number of fields", "five fields"),
        ({"cron": "0 0 30 2 *"}, "cannot be read: Bad day-of-month", "five fields"),
        ({"every": DAY, "tz": "Europe/Berln"}, "tz='Europe/Berln' names no time zone", "'Europe/Berlin'?"),
        ({"every": DAY, "tz": "../etc"}, "names no time zone", "Europe/Berlin"),
        ({"every": DAY, "tz": "Europe"}, "names no time zone", "Europe/"),
        ({"every": HOUR, "at": "06:00:00"}, "not for every hour", "docs/schedules.md"),
    ],
)
def test_a_plan_that_cannot_be_followed_says_why(hook: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(BadPlan) as caught:
        plan_of("h", hook)
    assert str(caught.value).startswith("hook 'h'")
    assert message in str(caught.value)
    assert hint in caught.value.hint
