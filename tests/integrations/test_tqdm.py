"""Bars of tqdm as jobs: what is told of them, how they end, and that their loops stay as they are."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest
import tqdm.std

from quarterdeck.integrations import bars
from quarterdeck.progress import tqdm as bar
from quarterdeck.progress import trange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integrations.conftest import Told


@pytest.fixture
def silent() -> io.StringIO:
    return io.StringIO()


def test_a_loop_is_a_job_from_its_first_step_to_its_last(told: Told, silent: io.StringIO) -> None:
    for number in trange(3, desc="rows", unit="row", file=silent):
        assert number == 0 or told.jobs()["rows"]["state"] == "running"
    job = told.jobs()["rows"]
    assert (job["state"], job["done"], job["total"], job["unit"]) == ("done", 3, 3, "row")
    assert job["started"] <= job["changed"] <= job["ended"]
    assert [count for _, count in job["history"]] == [0, 3]
    assert told.events() == ["job.started", "job.done"]
    assert "3/3" in silent.getvalue()


def test_it_says_where_it_stands_in_the_code(told: Told, silent: io.StringIO) -> None:
    """With a docstring of its own."""
    list(bar([1], desc="here", file=silent))
    job = told.jobs()["here"]
    name = "test_it_says_where_it_stands_in_the_code"
    assert job["function"]["signature"] == f"{name}(told, silent)"
    assert job["function"]["doc"] == "With a docstring of its own."
    assert job["function"]["file"] == job["called"]["file"] == __file__
    assert dict(job["called"]["code"])[job["called"]["line"]].strip().startswith("list(bar(")


def test_a_place_is_told_once_however_many_bars_are_opened_there(told: Told, silent: io.StringIO) -> None:
    for name in ("first", "second"):
        list(bar([1], desc=name, file=silent))
        told.jobs()
    first, second = told.jobs().values()
    assert first["place"] == second["place"]
    assert second["told"] < second["started"]


def test_nested_bars_know_what_they_are_in_and_whose(told: Told, silent: io.StringIO) -> None:
    for _ in trange(2, desc="outer", file=silent):
        list(trange(2, desc="inner", file=silent))
    jobs = told.jobs()
    process = told.state(jobs["outer"]["process"])
    assert jobs["inner"]["parent"] != jobs["outer"]["parent"] == jobs["outer"]["process"]
    assert told.state(jobs["inner"]["parent"])["name"] == "outer"
    assert process["pid"] > 0
    assert process["state"] == "running"


def test_bars_that_one_line_opens_stand_beside_each_other(told: Told, silent: io.StringIO) -> None:
    bars = [bar(total=9, desc=f"shard {number}", file=silent) for number in range(3)]
    list(trange(2, desc="inner", file=silent))
    jobs = told.jobs()
    assert {jobs[f"shard {number}"]["parent"] for number in range(3)} == {jobs["inner"]["process"]}
    assert told.state(jobs["inner"]["parent"])["name"] == "shard 2"
    for one in bars:
        one.close()


def test_what_is_left_before_its_end_was_stopped(told: Told, silent: io.StringIO) -> None:
    for number in trange(10, desc="left", file=silent):
        if number == 3:
            break
    manual = bar(total=5, desc="by hand", file=silent)
    manual.update(2)
    manual.set_postfix(loss=0.5)
    manual.close()
    jobs = told.jobs()
    assert (jobs["left"]["state"], jobs["left"]["done"]) == ("stopped", 3)
    assert (jobs["by hand"]["state"], jobs["by hand"]["done"], jobs["by hand"]["postfix"]) == ("stopped", 2, "loss=0.5")


def test_without_a_total_it_is_done_when_nothing_more_comes(told: Told, silent: io.StringIO) -> None:
    list(bar(iter("abc"), desc="all", file=silent))
    for letter in bar(iter("abc"), desc="some", file=silent):
        if letter == "b":
            break
    jobs = told.jobs()
    assert (jobs["all"]["state"], jobs["all"]["done"], jobs["all"].get("total")) == ("done", 3, None)
    assert jobs["some"]["state"] == "stopped"


def test_an_error_in_what_it_iterates_over_fails_it(told: Told, silent: io.StringIO) -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        list(bar(broken(), desc="read", file=silent))
    job = told.jobs()["read"]
    assert (job["state"], job["error"]) == ("failed", {"type": "OSError", "message": "the disk is gone"})
    assert "raise OSError" in job["traceback"]


@pytest.mark.parametrize(("error", "state"), [(ValueError("no"), "failed"), (KeyboardInterrupt(), "interrupted")])
def test_an_error_out_of_its_block_ends_it(told: Told, silent: io.StringIO, error: BaseException, state: str) -> None:
    def work() -> None:
        with bar(total=5, desc="block", file=silent) as block:
            block.update(2)
            raise error

    with pytest.raises(type(error)):
        work()
    job = told.jobs()["block"]
    assert (job["state"], job["done"]) == (state, 2)


def test_an_uncaught_error_ends_the_loops_that_it_went_through(
    told: Told, silent: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", lambda *what: None)
    monkeypatch.setattr("quarterdeck.sdk.jobs.deaths._heard", [])

    def work() -> None:
        list(trange(2, desc="before", file=silent))
        for _ in trange(5, desc="during", file=silent):
            raise ZeroDivisionError("for this test")

    try:
        work()
    except ZeroDivisionError as error:
        assert told.jobs()["during"]["state"] == "stopped"
        sys.excepthook(type(error), error, error.__traceback__)
    jobs = told.jobs()
    assert (jobs["before"]["state"], jobs["during"]["state"]) == ("done", "failed")
    assert "ZeroDivisionError: for this test" in jobs["during"]["traceback"]
    assert told.state(jobs["during"]["process"])["state"] == "failed"


def test_a_bar_that_was_switched_off_is_no_job(told: Told) -> None:
    assert list(trange(3, disable=True)) == [0, 1, 2]
    assert not told.events()


def test_unchanged_code_reports_once_it_is_installed(
    told: Told, silent: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard = tqdm.std.tqdm
    for name in ("__init__", "close", "__exit__"):
        monkeypatch.setattr(standard, name, getattr(standard, name))
    monkeypatch.setattr(standard, "_seen", ..., raising=False)
    bars.patch(tqdm.std)
    bars.patch(tqdm.std)
    list(tqdm.std.tqdm(range(4), desc="theirs", file=silent))
    list(bar(range(4), desc="ours", file=silent))
    jobs = told.jobs()
    assert {name: job["done"] for name, job in jobs.items()} == {"theirs": 4, "ours": 4}
    # What was opened and closed between two looks takes one event.
    assert told.events() == ["job.done"] * 2


def test_a_bar_that_nobody_holds_any_more_closes_itself_at_once(told: Told, silent: io.StringIO) -> None:
    kept = bar(total=5, desc="dropped", file=silent)
    kept.update(2)
    del kept
    job = told.jobs()["dropped"]
    assert (job["state"], job["done"]) == ("stopped", 2)


def test_a_bar_that_skips_steps_is_asked_for_each_when_it_stands(
    told: Told, silent: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(bars.time, "monotonic", lambda: clock[0])
    slow: Any = bar(total=100, desc="slow", file=silent)
    slow.miniters = 1000
    for seconds, wanted in ((0.5, 1000), (1.5, 1)):
        clock[0] = seconds
        slow._seen.look()
        assert slow.miniters == wanted
    slow.close()
    assert told.jobs()["slow"]["state"] == "stopped"
