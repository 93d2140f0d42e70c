"""What is unusual, by the history of a hook alone; and what a script's topic says of slips and such runs."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from quarterdeck.core.schedule import SECOND, Schedule
from quarterdeck.hub.schedules.cron import Cron
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.hub.scripts.topics.durations import Durations, Unusual


def steady(seconds: float = 10.0, spread: float = 0.5, count: int = 50, seed: int = 1) -> list[int]:
    chance = random.Random(seed)
    return [round(chance.gauss(seconds, spread) * SECOND) for _ in range(count)]


def test_nothing_is_unusual_before_there_is_a_history() -> None:
    usual = Durations()
    assert [usual.judge("h", duration) for duration in (1, 10 * SECOND, 1, 99 * SECOND, 5)] == [None] * 5


def test_a_steady_hook_is_never_unusual_and_what_differs_is() -> None:
    usual = Durations()
    for duration in steady(count=500):
        assert usual.judge("h", duration) is None
    long, short = usual.judge("h", 30 * SECOND), usual.judge("h", 2 * SECOND)
    assert long
    assert short
    assert (long.kind, short.kind) == ("long", "short")
    assert abs(long.usual - 10 * SECOND) < SECOND


def test_a_hook_that_varies_may_vary_and_quick_ones_are_not_split_hairs_over() -> None:
    usual = Durations({"wild": [SECOND, 20 * SECOND] * 10, "quick": [1000] * 20})
    assert usual.judge("wild", 40 * SECOND) is None
    assert usual.judge("quick", 90_000) is None
    assert usual.judge("quick", 200_000) == Unusual("long", 1000)


def test_what_is_usual_changes_with_time_and_outlives_a_restart() -> None:
    usual = Durations()
    for duration in steady(count=20):
        usual.judge("h", duration)
    found = [usual.judge("h", duration) for duration in steady(40.0, count=60, seed=2)]
    assert found[0]
    assert found[-1] is None
    again = Durations(usual.plain())
    assert again.judge("h", 40 * SECOND) is None
    assert again.judge("h", 10 * SECOND)
    assert len(again.plain()["h"]) == 50


def test_a_slip_is_half_an_interval_but_one_second_at_least_and_five_at_most() -> None:
    for plan, late in (
        (Plan(Schedule(SECOND // 10)), SECOND),
        (Plan(Schedule(6 * SECOND)), 3 * SECOND),
        (Plan(Schedule(3600 * SECOND)), 5 * SECOND),
        (Plan(Cron("0 6 * * *")), 5 * SECOND),
    ):
        assert not plan.is_slip(late)
        assert plan.is_slip(late + 1)


def test_a_schedule_that_slips_says_so(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(20.0, 8.0), quick=(4.0, 0.01))
        await deck.start_hub()
        await asyncio.sleep(60)
        entry, values = deck.hook("quick"), deck.values()
        assert entry["slipped"] >= 2
        assert 2 * SECOND < entry["last_slip"]["late"] < 9 * SECOND
        assert values["noted"]["slipped"] == sum(hook.get("slipped", 0) for hook in values["lately"].values())
        assert entry["last_skip"]["reason"] == "the run before had not started yet"
        assert ("script/s", "script.slipped", None) in deck.board.named

    play(history)


@pytest.mark.long
def test_many_slips_and_skips_are_told_in_few_events(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(20.0, 9.5), **{f"quick_{number}": (4.0, 0.001) for number in range(20)})
        await deck.start_hub()
        await asyncio.sleep(100)
        values = deck.values()
        assert values["noted"]["slipped"] >= 80
        assert values["runs"]["skipped"] >= 80
        assert values["runs"]["skipped"] == sum(hook.get("skipped", 0) for hook in values["lately"].values())
        slipped = [name for topic, name, _ in deck.board.named if name == "script.slipped"]
        assert 4 <= len(slipped) <= values["noted"]["slipped"] / 5

    play(history)


def test_a_run_that_takes_unusually_long_is_marked_also_after_a_restart(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(update=(10.0, 1.0))
        await deck.start_hub()
        await asyncio.sleep(300)
        assert deck.hook("update").get("last_unusual") is None
        await deck.kill_hub()
        await deck.start_hub()
        files.hooks["update"] = (10.0, 6.0)
        await asyncio.sleep(22)
        last = deck.hook("update")["last_unusual"]
        assert (last["kind"], last["duration"], last["usual"]) == ("long", 6 * SECOND, SECOND)
        assert deck.service.runs.values(last["run"])["unusual"] == {"kind": "long", "usual": SECOND}
        assert deck.values()["noted"]["unusually_long"] >= 1

    play(history)
