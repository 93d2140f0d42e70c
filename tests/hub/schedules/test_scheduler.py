"""Histories replayed on a fake clock: what is due, what waits, what is skipped."""

from __future__ import annotations

import pytest
from tests.cost import USUAL, pace

from quarterdeck.core.schedule import DAY, HOUR, SECOND, Schedule
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.hub.schedules.turns import CannotRun
from quarterdeck.testing.replaying import TZ, Replay

EACH_SECOND = Schedule(SECOND)


def test_a_hook_runs_at_once_and_then_each_second_without_drift() -> None:
    deck = Replay()
    begin = deck.clock.now()
    deck.plan(update=EACH_SECOND)
    assert deck.tick() == ["start update"]
    assert deck.end() == []
    for second in range(1, 50):
        assert deck.tick(0.7) == []
        assert deck.tick(0.3 + 0.001) == ["start update"]
        assert deck.due() == {"update": begin + (second + 1) * SECOND}
        deck.end()
        deck.clock.set(begin + second * SECOND)
    assert deck.skipped == {}


def test_a_slow_hook_skips_and_counts_and_never_queues() -> None:
    deck = Replay()
    deck.plan(slow=EACH_SECOND)
    assert deck.tick() == ["start slow"]
    for _ in range(100):
        assert deck.tick(1) == []
    assert deck.skipped == {"slow": 100}
    assert deck.end() == []
    assert deck.tick(1) == ["start slow"]


def test_the_longest_waiting_goes_first_and_no_slow_hook_starves_another() -> None:
    deck = Replay()
    deck.plan(a=EACH_SECOND, b=EACH_SECOND, c=EACH_SECOND)
    assert deck.tick() == ["start a", "start b", "start c"]
    ran = []
    for _ in range(30):
        deck.tick(1)  # every run lasts a second: three hooks want three times what there is
        ran.append(deck.held().hook)
        deck.end()
    assert [ran.count(hook) for hook in "abc"] == [10, 10, 10]
    assert len(deck.scheduler.held("s")) + len(deck.scheduler.waiting("s")) <= 3


def test_scripts_do_not_wait_for_one_another() -> None:
    deck = Replay()
    deck.plan("one", update=EACH_SECOND)
    deck.plan("two", update=EACH_SECOND)
    assert deck.tick() == ["start update", "start update"]
    assert deck.end("two") == []
    assert deck.tick(1) == ["start update"]


@pytest.mark.parametrize("away", ["suspend", "stall"])
def test_after_a_suspension_one_run_stands_for_all(away: str) -> None:
    deck = Replay()
    deck.plan(update=EACH_SECOND)
    deck.tick()
    deck.end()
    if away == "suspend":
        deck.clock.suspend(3600)
        assert deck.tick() == ["start update for 3599 missed"]
    else:
        assert deck.tick(3600) == ["start update for 3599 missed"]
    deck.end()
    assert deck.tick() == []
    assert deck.tick(1) == ["start update"]


def test_after_downtime_one_catch_up_at_most() -> None:
    deck = Replay()
    six = Schedule(DAY, at=6 * HOUR)
    planned = six.first(deck.clock.now() - 3 * DAY, TZ)
    deck.plan(planned={"daily": planned, "hourly": deck.clock.now() + HOUR}, daily=six, hourly=Schedule(HOUR))
    assert deck.tick() == ["start daily for 2 missed"]
    deck.end()
    assert deck.tick(1) == []
    assert deck.due()["daily"] == six.first(deck.clock.now(), TZ)


def test_what_was_not_planned_before_is_not_caught_up() -> None:
    deck = Replay()
    deck.plan(daily=Schedule(DAY, at=6 * HOUR))
    assert deck.tick() == []


def test_a_clock_set_back_silences_nothing_and_repeats_nothing() -> None:
    deck = Replay()
    deck.plan(update=EACH_SECOND, daily=Schedule(DAY, at=6 * HOUR))
    deck.tick()
    deck.end()
    deck.tick(0.5)
    deck.clock.set(deck.clock.now() - 3600 * SECOND)
    assert deck.tick() == []
    assert deck.tick(0.5) == ["start update"]
    deck.end()
    assert deck.tick(0.5) == []
    assert deck.tick(0.5) == ["start update"]
    assert deck.due()["daily"] == Schedule(DAY, at=6 * HOUR).first(deck.clock.now(), TZ)


def test_a_closed_lane_holds_what_is_due() -> None:
    deck = Replay()
    deck.plan(update=EACH_SECOND)
    deck.scheduler.close("s")
    assert deck.tick() == ["wait update"]
    assert deck.tick(5) == []
    assert deck.skipped == {"update": 5}
    assert deck.words(deck.scheduler.open("s", deck.clock.now())) == ["start update"]


def test_a_trigger_runs_now_or_waits_once() -> None:
    deck = Replay()
    deck.plan(setup=None, update=Schedule(HOUR))
    deck.tick()
    turn, made = deck.scheduler.trigger("s", "update", deck.clock.now(), cause="trigger", by="ada", args={"k": 1})
    assert (deck.words(made), turn.by, turn.args) == (["wait update"], "ada", {"k": 1})
    with pytest.raises(CannotRun, match="waits already") as caught:
        deck.scheduler.trigger("s", "update", deck.clock.now(), cause="trigger")
    assert "cancel it" in caught.value.hint
    with pytest.raises(CannotRun, match="no hook 'nap'"):
        deck.scheduler.trigger("s", "nap", deck.clock.now(), cause="trigger")
    assert deck.end() == ["start update"]


def test_setup_goes_before_what_waits() -> None:
    deck = Replay()
    deck.plan(setup=None, update=EACH_SECOND)
    deck.scheduler.close("s")
    deck.tick()
    _, made = deck.scheduler.trigger("s", "setup", deck.clock.now(), cause="setup")
    assert deck.words(made) == ["wait setup"]
    assert deck.words(deck.scheduler.open("s", deck.clock.now())) == ["start setup", "start update"]


def test_cancel_drops_what_waits_and_only_that() -> None:
    deck = Replay()
    deck.plan(a=EACH_SECOND, b=Schedule(HOUR))
    deck.tick()
    deck.begin()
    turn, _ = deck.scheduler.trigger("s", "a", deck.clock.now(), cause="trigger")
    assert deck.words(deck.scheduler.cancel("s", turn.run, "cancelled by ada")) == ["drop a: cancelled by ada"]
    assert deck.scheduler.cancel("s", turn.run, "again") == []
    assert deck.scheduler.cancel("s", deck.held().run, "no") == []
    assert deck.end() == []
    assert deck.tick(1) == ["start a"]


def test_turns_are_given_ahead_together_and_what_is_busy_is_decided_when_it_is_due() -> None:
    deck = Replay(ahead=SECOND // 5)
    begin = deck.clock.now()
    deck.plan(a=EACH_SECOND, b=EACH_SECOND, late=Schedule(SECOND + 20_000))
    deck.tick()
    assert [deck.end() for _ in range(3)] == [[], [], []]
    assert deck.tick(0.699) == []
    assert deck.tick(0.001) == [], "the grid of a tenth of a second"
    assert deck.tick(0.1) == ["start a", "start b", "start late"]
    assert [turn.due - begin for turn in deck.scheduler.held("s").values()] == [SECOND, SECOND, SECOND + 20_000]
    assert deck.tick(1) == [], "none of them is over"
    assert deck.skipped == {}
    assert deck.tick(0.2) == []
    assert deck.skipped == {"a": 1, "b": 1}
    assert deck.end() == []
    assert deck.tick(0.8) == ["start a"]


def test_behind_a_run_that_goes_on_for_long_nothing_is_given_and_what_was_comes_back() -> None:
    deck = Replay()
    deck.plan(long=Schedule(HOUR), quick=EACH_SECOND, other=Schedule(2 * SECOND))
    assert deck.tick() == ["start long", "start quick", "start other"]
    deck.begin()
    assert deck.tick(1) == ["recall quick other"]
    runs = [turn.run for turn in list(deck.scheduler.held("s").values())[1:]]
    assert deck.words(deck.scheduler.returned("s", runs, deck.clock.now())) == ["wait other", "wait quick"]
    assert deck.tick(1) == []
    assert deck.skipped == {"quick": 2, "other": 1}
    assert deck.end() == ["start quick", "start other"]


def test_a_new_version_keeps_the_rhythm_of_what_stays() -> None:
    deck = Replay()
    deck.plan(keep=Schedule(10 * SECOND), go=Schedule(10 * SECOND), change=Schedule(10 * SECOND))
    deck.scheduler.close("s")
    assert deck.tick() == ["wait keep", "wait go", "wait change"]
    deck.tick(3)
    due = deck.due()["keep"]
    said = deck.plan(keep=Schedule(10 * SECOND), change=Schedule(20 * SECOND))
    assert said == ["drop go: the script's new version does not have this hook", "start keep", "start change"]
    assert deck.due() == {"keep": due, "change": deck.clock.now()}


def test_a_removed_script_is_never_due_again() -> None:
    deck = Replay()
    deck.plan(a=EACH_SECOND, b=EACH_SECOND)
    deck.tick()
    deck.begin()
    deck.scheduler.trigger("s", "b", deck.clock.now(), cause="trigger")
    gone = deck.words(deck.scheduler.remove("s", "its script is gone"))
    assert gone == ["recall b", "drop b: its script is gone"]
    assert deck.end() == []
    assert deck.tick(10) == []
    assert deck.scheduler.wake() is None


def test_an_adopted_run_keeps_its_hook_busy() -> None:
    from quarterdeck.hub.schedules.turns import Turn

    deck = Replay()
    turn = Turn("old", "s", "update", due=0, cause="schedule")
    deck.scheduler.plan("s", {"update": Plan(EACH_SECOND)}, deck.clock.now())
    deck.scheduler.adopt(turn, running=True)
    deck.scheduler.open("s", deck.clock.now())
    assert deck.tick() == []
    assert deck.skipped == {"update": 1}
    assert deck.end() == []
    assert deck.tick(1) == ["start update"]


@pytest.mark.long
def test_a_thousand_hooks_a_second_cost_little() -> None:
    import time

    deck = Replay()
    for script in range(20):
        deck.plan(f"s{script}", **{f"h{hook}": EACH_SECOND for hook in range(50)})
    begin = time.process_time()
    for _ in range(10):
        deck.tick(1)
        for script in range(20):
            for _hook in range(50):
                deck.end(f"s{script}")
    assert deck.skipped == {}
    assert time.process_time() - begin < 2 * max(1.0, pace() / USUAL), "10,000 runs; 200 us each would be far too dear"
