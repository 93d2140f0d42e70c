"""The marks of hooks."""

from __future__ import annotations

from datetime import UTC, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from quarterdeck import hooks
from quarterdeck.sdk.hooks import marks_of


def test_setup_marks_the_function_and_returns_it():
    def function(name):
        return f"Hello {name}"

    marked = hooks.setup(function)
    assert marked is function
    assert marked("Mark") == "Hello Mark"
    hook = getattr(function, hooks.ATTRIBUTE_NAME)
    assert isinstance(hook, hooks.ScriptHook)
    assert hook.callback is function
    assert hook.event == hooks.HookEvent.Setup


def test_schedule_keeps_its_arguments():
    @hooks.schedule(run_every=timedelta(days=1), at=time(hour=12, minute=0))
    def function():
        return 2 + 2

    hook = getattr(function, hooks.ATTRIBUTE_NAME)
    assert function() == 4
    assert hook.callback is function
    assert hook.event == hooks.HookEvent.Schedule
    assert hook.schedule.run_every == timedelta(days=1)
    assert hook.schedule.run_at == time(hour=12, minute=0)
    assert hook.schedule.aligned is False


def test_a_decorator_twice_is_a_decorator_once():
    @hooks.setup
    @hooks.setup
    def function():
        pass

    assert len(marks_of(function)) == 1


def test_a_function_can_be_setup_and_scheduled_and_the_outer_schedule_holds():
    @hooks.schedule(timedelta(seconds=2), aligned=True)
    @hooks.schedule(timedelta(seconds=1))
    @hooks.setup
    def function(panel):
        pass

    setup, schedule = marks_of(function)
    assert (setup.event, schedule.event) == ("setup", "schedule")
    assert schedule.schedule.run_every == timedelta(seconds=2)
    assert schedule.schedule.aligned is True


def test_at_alone_is_daily():
    @hooks.schedule(at=time(7, 30))
    def function(panel):
        pass

    assert marks_of(function)[0].schedule.run_every == timedelta(days=1)


def test_cron_zone_and_jitter_are_kept():
    @hooks.schedule(cron="0 6 * * 1-5", tz=ZoneInfo("Europe/Berlin"), jitter=timedelta(minutes=5))
    def function(panel):
        pass

    schedule = marks_of(function)[0].schedule
    assert (schedule.run_every, schedule.cron, schedule.tz) == (None, "0 6 * * 1-5", "Europe/Berlin")
    assert schedule.jitter == timedelta(minutes=5)
    assert marks_of(hooks.schedule(at=time(6), skip="holidays")(lambda: None))[0].schedule.skip == ["holidays"]
    assert marks_of(hooks.schedule(at=time(6), tz=UTC)(lambda: None))[0].schedule.tz == "UTC"


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({}, TypeError, "give a timedelta"),
        ({"run_every": 5}, TypeError, "give a timedelta"),
        ({"run_every": timedelta(0)}, ValueError, "the shortest is"),
        ({"run_every": timedelta(days=-1)}, ValueError, "the shortest is"),
        ({"run_every": timedelta(days=1), "at": "12:00"}, TypeError, "give a datetime.time"),
        ({"run_every": lambda panel: None}, TypeError, "needs brackets"),
        ({"run_every": timedelta(hours=1), "at": time(12)}, ValueError, "at=12:00:00 is a time of day and run_every"),
        ({"at": time(12, tzinfo=UTC)}, ValueError, "its zone by tz="),
        ({"cron": "0 6 * * *", "at": time(6)}, ValueError, "leave run_every, at and aligned away"),
        ({"cron": 5}, TypeError, "give an expression"),
        ({"cron": " "}, TypeError, "give an expression"),
        ({"at": time(12), "tz": timezone(timedelta(hours=1))}, TypeError, "the name of a zone"),
        ({"run_every": timedelta(minutes=1), "jitter": 5}, TypeError, "give a timedelta"),
        ({"run_every": timedelta(minutes=1), "jitter": timedelta(minutes=2)}, ValueError, "up to 0:01:00"),
        ({"cron": "0 6 * * *", "jitter": timedelta(hours=2)}, ValueError, "up to 1:00:00"),
        ({"run_every": timedelta(minutes=1), "jitter": timedelta(-1)}, ValueError, "0:00:00 at least"),
        ({"run_every": timedelta(minutes=1), "timeout": 30}, TypeError, "timeout is 30; give a timedelta"),
        ({"run_every": timedelta(minutes=1), "timeout": timedelta(0)}, ValueError, "timeout is 0:00:00"),
        ({"run_every": timedelta(minutes=1), "retries": -1}, ValueError, "from 0 to 100"),
        ({"run_every": timedelta(minutes=1), "retries": True}, ValueError, "from 0 to 100"),
        ({"run_every": timedelta(minutes=1), "backoff": 1}, TypeError, "backoff is 1"),
        ({"run_every": timedelta(minutes=1), "catch_up": True}, TypeError, "catch_up is True"),
        ({"run_every": timedelta(minutes=1), "overlap": "both"}, ValueError, "skip, queue, cancel, allow"),
        ({"run_every": timedelta(minutes=1), "parallel": 2}, ValueError, "beside overlap=.allow. alone"),
        ({"run_every": timedelta(minutes=1), "overlap": "allow", "parallel": 1}, ValueError, "from 2 to 64"),
        ({"run_every": timedelta(minutes=1), "skip": [5]}, TypeError, "the name of a calendar"),
    ],
)
def test_mistakes_are_errors_with_the_mend(arguments, error, says):
    with pytest.raises(error, match=says):
        hooks.schedule(**arguments)


def test_only_functions_are_hooks():
    with pytest.raises(TypeError, match="directly above def"):
        hooks.setup(5)
    assert marks_of(5) == []
