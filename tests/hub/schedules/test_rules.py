"""Histories replayed on a fake clock: jitter, zones, retries, overlap, what comes too late."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from quarterdeck.core.schedule import DAY, HOUR, SECOND, Schedule
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.hub.schedules.turns import Retry
from quarterdeck.testing.replaying import TZ, Replay

EACH_SECOND = Schedule(SECOND)


def us(text: str) -> int:
    """Microseconds of a time in TZ."""
    return round(datetime.fromisoformat(text).replace(tzinfo=TZ).timestamp()) * SECOND


def test_jitter_delays_each_run_and_never_the_rhythm() -> None:
    minute = Plan(Schedule(60 * SECOND), jitter=30 * SECOND)
    deck = Replay()
    deck.plan_all({"update": minute})
    begin = deck.clock.now()
    delays = set()
    for number in range(200):
        planned, due = deck.scheduler.times("s")["update"]
        assert planned == begin + number * 60 * SECOND
        assert 0 <= due - planned <= 30 * SECOND
        delays.add(due - planned)
        deck.clock.set(due - 1)
        assert deck.tick() == []
        deck.clock.set(due)
        assert deck.tick() == ["start update"]
        running = deck.held()
        assert running.due == due
        deck.end()
    assert len(delays) > 190


def test_a_restart_does_not_move_a_jittered_run_and_two_scripts_differ() -> None:
    minute = Plan(Schedule(60 * SECOND), jitter=30 * SECOND)
    deck, again = Replay(), Replay()
    deck.plan_all({"update": minute})
    deck.plan_all({"update": minute}, "other")
    planned, due = deck.scheduler.times("s")["update"]
    again.clock.set(due - 1)
    again.plan_all({"update": minute}, planned={"update": planned})
    assert again.scheduler.times("s")["update"] == (planned, due)
    assert deck.scheduler.times("other")["update"][1] != due


def test_after_downtime_one_jittered_run_stands_for_all_and_the_next_comes_in_its_time() -> None:
    hour = Plan(Schedule(HOUR), jitter=HOUR)
    for away in range(1, 40):
        deck = Replay()
        deck.plan_all({"update": hour})
        planned, _ = deck.scheduler.times("s")["update"]
        deck.clock.set(planned + 10 * HOUR + away * 300 * SECOND)
        (said,) = deck.tick()
        assert said.startswith("start update for ")
        deck.end()
        assert deck.tick() == [], "one run at most"
        assert deck.scheduler.times("s")["update"][1] > deck.clock.now()


def test_a_zone_of_its_own_rules_a_hook() -> None:
    deck = Replay(us("2026-11-21T12:00"))
    six = Schedule(DAY, at=6 * HOUR)
    deck.plan_all({"here": Plan(six), "there": Plan(six, zone=ZoneInfo("America/New_York"))})
    due = deck.due()
    assert due == {"here": us("2026-11-22T06:00"), "there": us("2026-11-21T12:00")}


def test_a_failed_run_is_retried_later_and_later_and_names_the_first() -> None:
    deck = Replay()
    deck.plan_all({"load": Plan(Schedule(DAY), retries=3, backoff=10 * SECOND)})
    assert deck.tick() == ["start load"]
    for attempt, pause in ((2, 10), (3, 20), (4, 40)):
        assert deck.end(state="failed" if attempt != 3 else "lost") == []
        assert deck.tick(pause - 1) == []
        assert deck.tick(1) == ["start load"]
        turn = deck.held()
        assert (turn.cause, turn.retry_of, turn.attempt, turn.due) == ("retry", "r1", attempt, deck.clock.now())
    assert deck.end(state="failed") == []
    assert deck.scheduler.retries("s") == {}
    assert deck.tick(3600) == [], "three retries and no more"


def test_only_what_failed_is_retried_with_what_it_was_given() -> None:
    deck = Replay()
    deck.plan_all({"load": Plan(Schedule(DAY), retries=1, backoff=SECOND)})
    deck.tick()
    for state in ("done", "cancelled"):
        deck.end(state=state)
        assert deck.tick(60) == []
        deck.scheduler.trigger("s", "load", deck.clock.now(), cause="trigger", by="ada", args={"n": 1})
    deck.end(state="failed")
    assert deck.tick(1) == ["start load"]
    turn = deck.held()
    assert (turn.by, turn.args) == ("ada", {"n": 1})


def test_what_runs_meanwhile_takes_the_place_of_a_retry() -> None:
    deck = Replay()
    deck.plan_all({"load": Plan(EACH_SECOND, retries=5, backoff=3 * SECOND)})
    deck.tick()
    deck.end(state="failed")
    assert list(deck.scheduler.retries("s")) == ["load"]
    assert deck.tick(1) == ["start load"]
    assert deck.scheduler.retries("s") == {}
    deck.end()
    causes = set()
    for _ in range(10):
        deck.tick(1)
        turn = deck.held()
        causes.add(turn.cause)
        deck.end()
    assert causes == {"schedule"}


def test_a_retry_is_taken_over_from_the_hub_before() -> None:
    deck = Replay()
    soon = deck.clock.now() + 5 * SECOND
    plan = Plan(Schedule(DAY), retries=3)
    retries = {"load": Retry(soon, "old", 2)}
    deck.scheduler.plan("s", {"load": plan}, deck.clock.now(), {"load": soon + HOUR}, retries)
    deck.scheduler.open("s", deck.clock.now())
    assert deck.tick(4) == []
    assert deck.tick(1) == ["start load"]
    running = deck.held()
    assert (running.retry_of, running.attempt) == ("old", 2)


def test_pauses_stop_growing() -> None:
    assert Plan(EACH_SECOND, backoff=10 * SECOND).pause(90) == HOUR
    assert Plan(EACH_SECOND, backoff=DAY).pause(90) == DAY
    assert Plan(EACH_SECOND, backoff=0).pause(3) == 0


@pytest.mark.parametrize(("late", "runs"), [(HOUR - SECOND, True), (HOUR + 6 * SECOND, False)])
def test_what_is_too_late_is_not_caught_up(late: int, runs: bool) -> None:
    deck = Replay(us("2026-11-21T06:00") + late)
    six = Plan(Schedule(DAY, at=6 * HOUR), catch_up=HOUR)
    deck.plan_all({"daily": six}, planned={"daily": us("2026-11-19T06:00")})
    assert deck.tick() == (["start daily for 2 missed"] if runs else [])
    assert deck.skipped == ({} if runs else {"daily": 3})
    assert deck.reasons == (set() if runs else {"it was too late to catch it up"})
    assert deck.due() == {"daily": us("2026-11-22T06:00")}


def test_no_catching_up_at_all_still_runs_what_is_a_little_late() -> None:
    deck = Replay()
    deck.plan_all({"update": Plan(Schedule(60 * SECOND), catch_up=0)})
    assert deck.tick(4) == ["start update"]
    deck.end()
    deck.clock.suspend(3610)
    assert deck.tick() == []
    assert deck.skipped == {"update": 60}
    assert deck.tick(46) == ["start update"]


def test_overlap_queue_keeps_one() -> None:
    deck = Replay()
    deck.plan_all({"slow": Plan(EACH_SECOND, overlap="queue")})
    assert deck.tick() == ["start slow"]
    assert deck.tick(1) == ["wait slow"]
    assert deck.tick(1) == []
    assert deck.skipped == {"slow": 1}
    assert deck.end() == ["start slow"]


def test_overlap_cancel_ends_the_run_before() -> None:
    deck = Replay()
    deck.plan_all({"slow": Plan(EACH_SECOND, overlap="cancel", retries=3)})
    deck.tick()
    assert deck.tick(1) == [], "it is not known whether it has begun"
    deck.begin()
    assert deck.tick(1) == ["end r1: the next run of this hook was due", "wait slow"]
    deck.scheduler.close("s")
    assert deck.tick(1) == []
    assert deck.end(state="cancelled") == []
    assert deck.words(deck.scheduler.open("s", deck.clock.now())) == ["start slow"]
    assert deck.skipped == {"slow": 2}


def test_overlap_allow_runs_beside_up_to_a_number() -> None:
    deck = Replay()
    deck.plan_all({"slow": Plan(EACH_SECOND, overlap="allow", parallel=3)})
    assert deck.tick() == ["start slow"]
    assert deck.tick(1) == [], "it has not begun yet, so nothing overlaps"
    deck.begin()
    assert deck.tick(1) == ["beside r2 slow"]
    assert deck.tick(1) == ["beside r3 slow"]
    assert deck.tick(2) == []
    assert deck.skipped == {"slow": 3}
    assert deck.reasons == {"the run before had not started yet", "as many of its runs went on as may at a time"}
    assert deck.end() == []
    assert deck.tick(1) == ["start slow"], "the worker is free again"
    assert deck.words(deck.scheduler.ended("s", "r2", "done", deck.clock.now())) == []
    deck.begin()
    assert deck.tick(1) == ["beside r5 slow"]
    assert set(deck.scheduler.beside("s")) == {"r3", "r5"}


def test_other_hooks_and_triggers_beside_a_run_that_allows_it() -> None:
    deck = Replay()
    deck.plan_all({"slow": Plan(Schedule(HOUR), overlap="allow", parallel=2), "other": Plan(Schedule(HOUR))})
    deck.tick()
    deck.begin()
    deck.tick(2)
    now = deck.clock.now()
    _, made = deck.scheduler.trigger("s", "other", now, cause="trigger")
    assert deck.words(made) == ["wait other"], "another hook waits for the worker"
    _, made = deck.scheduler.trigger("s", "slow", now, cause="trigger")
    assert deck.words(made) == ["beside r4 slow"]
    _, made = deck.scheduler.trigger("s", "slow", now, cause="trigger")
    assert deck.words(made) == ["wait slow"], "there is no room for a third"
    assert deck.words(deck.scheduler.ended("s", "r4", "done", now)) == ["beside r5 slow"]


def test_what_runs_beside_is_retried_and_outlives_a_new_version() -> None:
    deck = Replay()
    plan = Plan(Schedule(HOUR), overlap="allow", retries=1, backoff=10 * SECOND)
    deck.plan_all({"slow": plan})
    deck.tick()
    deck.begin()
    deck.tick(3600)
    deck.scheduler.close("s")
    assert deck.tick(3600) == ["wait slow"], "no run of the old files begins any more"
    deck.words(deck.scheduler.plan("s", {"slow": plan}, deck.clock.now()))
    assert set(deck.scheduler.beside("s")) == {"r2"}
    deck.end()
    assert deck.words(deck.scheduler.open("s", deck.clock.now())) == ["start slow"]
    deck.end()
    assert deck.words(deck.scheduler.ended("s", "r2", "failed", deck.clock.now())) == []
    assert deck.tick(10) == ["start slow"]
    assert (deck.held().cause, deck.held().retry_of) == ("retry", "r2")
    assert deck.words(deck.scheduler.remove("s", "gone")) == ["recall slow"]
