"""Every form of schedule through the nights when clocks change, leap days, sleep, and clocks that somebody sets."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.core.schedule import DAY, HOUR, SECOND, SET_BACK, Schedule
from quarterdeck.hub.schedules.cron import Cron
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.testing.replaying import TZ, Replay

MINUTE = 60 * SECOND
AT = 2 * HOUR + 30 * MINUTE
FORMS: dict[str, dict[str, object]] = {
    "run_every": {"schedule": Schedule(6 * HOUR)},
    "at": {"schedule": Schedule(DAY, at=AT)},
    "at_each_other_day": {"schedule": Schedule(2 * DAY, at=12 * HOUR)},
    "aligned": {"schedule": Schedule(30 * MINUTE, aligned=True)},
    "aligned_days": {"schedule": Schedule(DAY, aligned=True)},
    "cron": {"schedule": Cron("30 2 * * *")},
    "cron_elsewhere": {"schedule": Cron("30 2 * * *"), "zone": ZoneInfo("America/New_York")},
    "jittered": {"schedule": Schedule(DAY, at=AT), "jitter": 20 * MINUTE},
}
every_form = pytest.mark.parametrize("form", FORMS)


def us(wall: str) -> int:
    return round(datetime.fromisoformat(wall).replace(tzinfo=TZ).timestamp()) * SECOND


def deck_of(form: str, begin: str = "2026-11-20T12:00", catch_up: int | None = None) -> Replay:
    """A deck with one hook, called like its form."""
    deck = Replay(us(begin))
    deck.plan_all({form: Plan(**FORMS[form], catch_up=catch_up)})  # type: ignore[arg-type]
    deck.clock.set(deck.clock.now() - 1)
    return deck


def next_start(deck: Replay, form: str) -> int:
    """Let time pass until the hook starts, and its run be over; returns when that was."""
    due = deck.scheduler.wake()
    assert due is not None
    deck.clock.set(max(due, deck.clock.now()))
    assert deck.tick() == [f"start {form}"]
    deck.end()
    return due


def starts(form: str, begin: str, end: str) -> list[str]:
    """When the hook starts in that time, by the clock on the wall."""
    deck, found = deck_of(form, begin), []
    while (due := deck.scheduler.wake()) is not None and due < us(end):
        next_start(deck, form)
        found.append(f"{datetime.fromtimestamp(due / SECOND, TZ):%d %H:%M%z}"[:-2])
    return found


FORWARD = ("2026-03-28T20:00", "2026-03-30T12:30")  # 02:00 becomes 03:00 on the 29th
BACK = ("2026-10-24T20:00", "2026-10-26T12:30")  # 03:00 becomes 02:00 on the 25th
LEAP = ("2028-02-28T20:00", "2028-03-01T12:30")


@pytest.mark.parametrize(
    ("form", "forward", "back", "leap"),
    [
        (
            "run_every",
            "28 20:00+01, 29 03:00+02, 29 09:00+02, 29 15:00+02, 29 21:00+02, 30 03:00+02, 30 09:00+02",
            "24 20:00+02, 25 02:00+02, 25 07:00+01, 25 13:00+01, 25 19:00+01, 26 01:00+01, 26 07:00+01",
            "28 20:00+01, 29 02:00+01, 29 08:00+01, 29 14:00+01, 29 20:00+01, 01 02:00+01, 01 08:00+01",
        ),
        ("at", "29 03:30+02, 30 02:30+02", "25 02:30+02, 26 02:30+01", "29 02:30+01, 01 02:30+01"),
        ("at_each_other_day", "29 12:00+02", "25 12:00+01", "29 12:00+01"),
        ("aligned_days", "29 00:00+01, 30 00:00+02", "25 00:00+02, 26 00:00+01", "29 00:00+01, 01 00:00+01"),
        ("cron", "29 03:30+02, 30 02:30+02", "25 02:30+02, 26 02:30+01", "29 02:30+01, 01 02:30+01"),
        ("cron_elsewhere", "29 08:30+02, 30 08:30+02", "25 07:30+01, 26 07:30+01", "29 08:30+01, 01 08:30+01"),
    ],
)
def test_the_nights_when_clocks_change_and_a_leap_day(form: str, forward: str, back: str, leap: str) -> None:
    for (begin, end), wanted in ((FORWARD, forward), (BACK, back), (LEAP, leap)):
        assert ", ".join(starts(form, begin, end)) == wanted


def test_half_hours_go_on_through_both_nights() -> None:
    forward, back = starts("aligned", *FORWARD), starts("aligned", *BACK)
    assert (len(forward), len(back)) == (79, 83)
    assert [at for at in forward if at.startswith(("29 01", "29 02", "29 03"))] == [
        "29 01:00+01", "29 01:30+01", "29 03:00+02", "29 03:30+02",
    ]  # fmt: skip
    assert [at for at in back if at.startswith("25 02")] == ["25 02:00+02", "25 02:30+02", "25 02:00+01", "25 02:30+01"]


def test_jitter_stays_behind_the_planned_time_in_both_nights() -> None:
    assert [at[:4] for at in starts("jittered", *FORWARD)] == ["29 0", "30 0"]
    for begin, end in (FORWARD, BACK, LEAP):
        for at in starts("jittered", begin, end):
            planned = 3 * 60 + 30 if at.startswith("29 03") and at.endswith("+02") else 2 * 60 + 30
            assert 0 <= int(at[3:5]) * 60 + int(at[6:8]) - planned <= 20, at


@every_form
@pytest.mark.parametrize("hours", [7, 50, 24 * 100])
def test_a_machine_that_slept_runs_it_once_for_all_that_passed_and_then_as_planned(form: str, hours: int) -> None:
    deck, steady = deck_of(form), deck_of(form)
    next_start(deck, form)
    next_start(steady, form)
    deck.clock.suspend(hours * 3600)
    woke, passed = deck.clock.now(), 0
    while (due := steady.scheduler.wake()) is not None and due <= woke:
        next_start(steady, form)
        passed += 1
    said = deck.tick()
    assert said == ([] if passed == 0 else [f"start {form}" + (f" for {passed - 1} missed" if passed > 1 else "")])
    if said:
        deck.end()
    assert deck.tick() == [], "once"
    assert deck.scheduler.wake() == steady.scheduler.wake(), "and then as if it had not slept"


@every_form
def test_what_is_too_late_after_a_sleep_is_not_caught_up(form: str) -> None:
    deck, steady = deck_of(form, catch_up=0), deck_of(form)
    next_start(deck, form)
    next_start(steady, form)
    deck.clock.suspend(50 * 3600 + 17 * 60)
    while (due := steady.scheduler.wake()) is not None and due <= deck.clock.now():
        next_start(steady, form)
    assert deck.tick() == []
    assert deck.skipped[form] > 0
    assert deck.reasons == {"it was too late to catch it up"}
    assert deck.scheduler.wake() == steady.scheduler.wake()


@every_form
def test_a_clock_set_forward_is_like_a_sleep(form: str) -> None:
    slept, moved = deck_of(form), deck_of(form)
    for deck in (slept, moved):
        next_start(deck, form)
    slept.clock.suspend(60 * 3600)
    moved.clock.set(moved.clock.now() + 60 * HOUR)
    assert moved.tick() == slept.tick()
    assert moved.scheduler.wake() == slept.scheduler.wake()


@every_form
@pytest.mark.parametrize("hours", [1, 30, 24 * 40])
def test_a_clock_set_back_is_followed_from_its_new_time(form: str, hours: int) -> None:
    deck = deck_of(form)
    for _ in range(3):
        next_start(deck, form)
    deck.clock.set(deck.clock.now() - hours * HOUR - 7 * MINUTE)
    assert deck.tick() == [], "nothing is repeated at once"
    due = deck.scheduler.wake()
    every = getattr(FORMS[form]["schedule"], "every", DAY)
    assert due is not None
    assert 0 < due - deck.clock.now() <= every + 3 * HOUR, "and nothing waits for the old time"
    next_start(deck, form)


@pytest.mark.parametrize("form", ["at", "aligned_days", "cron", "cron_elsewhere", "jittered"])
@pytest.mark.parametrize("minutes", [1, 170])
def test_what_ran_today_does_not_run_once_more_when_a_clock_is_set_back_by_a_little(form: str, minutes: int) -> None:
    deck = deck_of(form)
    ran = next_start(deck, form)
    deck.clock.set(ran - minutes * MINUTE)
    assert deck.tick() == []
    assert next_start(deck, form) >= ran + 23 * HOUR


@pytest.mark.parametrize("minutes", [7, 50, 170, 1000])
def test_what_runs_often_is_not_silent_when_a_clock_is_set_back(minutes: int) -> None:
    for schedule in (Schedule(10 * MINUTE), Schedule(10 * MINUTE, aligned=True), Cron("*/10 * * * *")):
        deck = Replay(us("2026-11-20T12:00"))
        deck.plan(often=schedule)
        for _ in range(5):
            next_start(deck, "often")
        deck.clock.set(deck.clock.now() - minutes * MINUTE + 1)
        assert deck.tick() == []
        next_start(deck, "often")
        assert deck.clock.now() <= us("2026-11-20T12:40") - (minutes - 20) * MINUTE


def test_two_tasks_keep_their_times_and_those_due_together_both_run() -> None:
    deck = Replay(us("2026-11-20T12:00"))
    deck.plan(slow=Schedule(SECOND), quick=Schedule(SECOND // 2))
    began: list[tuple[str, int]] = []
    for _ in range(8):
        assert deck.tick()
        while deck.scheduler.held("s"):
            began.append((deck.held().hook, deck.clock.now() - us("2026-11-20T12:00")))
            deck.end()
        deck.clock.advance(0.5)
    assert [at for hook, at in began if hook == "slow"] == [number * SECOND for number in range(4)]
    assert [at for hook, at in began if hook == "quick"] == [number * SECOND // 2 for number in range(8)]


@every_form
def test_a_run_that_goes_on_through_a_sleep_is_not_joined_by_another(form: str) -> None:
    deck = deck_of(form)
    deck.clock.set(deck.scheduler.wake() or 0)
    assert deck.tick() == [f"start {form}"]
    deck.begin()
    deck.clock.suspend(60 * 3600)
    assert deck.tick() == []
    assert deck.reasons == {"the run before was not over"}
    deck.end()
    assert deck.tick() == []
    next_start(deck, form)


@given(
    form=st.sampled_from(list(FORMS)),
    begin=st.sampled_from([FORWARD[0], BACK[0], LEAP[0], "2026-11-20T12:00"]),
    history=st.lists(
        st.tuples(st.sampled_from(["advance", "suspend", "back", "end"]), st.integers(1, 60 * 3600)), max_size=12
    ),
)
def test_whatever_happens_one_run_goes_on_and_the_next_is_near(
    form: str, begin: str, history: list[tuple[str, int]]
) -> None:
    deck = deck_of(form, begin)
    assert deck.tick() == []
    every = getattr(FORMS[form]["schedule"], "every", DAY)
    # The time that comes anew when a clock is set back by a little has had its run, and a day may have 25 hours.
    farthest = SET_BACK + every + HOUR + FORMS[form].get("jitter", 0)  # type: ignore[operator]
    for what, seconds in history:
        before = bool(deck.scheduler.held("s"))
        if what == "end" and before:
            assert deck.end() == []
        elif what == "suspend":
            deck.clock.suspend(seconds)
        elif what == "back":
            deck.clock.set(deck.clock.now() - seconds * SECOND)
        began = deck.tick(seconds if what == "advance" else 0)
        assert len(began) <= 1
        if began:
            assert not before or what == "end"
            deck.begin()
        due = deck.scheduler.wake()
        assert due is not None
        assert due - deck.clock.now() <= farthest
