"""Tasks of rich's progress as jobs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich import progress
from rich.console import Console
from rich.progress import Progress

from quarterdeck.integrations import rich as integration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integrations.conftest import Told

METHODS = ("add_task", "remove_task", "stop", "__exit__")


@pytest.fixture
def display(told: Told) -> Iterator[Progress]:
    before = {name: getattr(Progress, name) for name in METHODS}
    integration.patch(progress)
    integration.patch(progress)
    yield Progress(console=Console(file=io.StringIO()), auto_refresh=False)
    for name, method in before.items():
        setattr(Progress, name, method)
    integration._installed.clear()


def test_each_task_is_a_job(told: Told, display: Progress) -> None:
    with display:
        first = display.add_task("fetch", total=4, site="A")
        display.add_task("parse", total=10)
        display.advance(first, 3)
        running = told.jobs()["fetch"]
        display.advance(first)
    jobs = told.jobs()
    assert (running["state"], running["done"], running["total"], running["postfix"]) == ("running", 3, 4, "site=A")
    assert (jobs["fetch"]["state"], jobs["fetch"]["done"]) == ("done", 4)
    assert (jobs["parse"]["state"], jobs["parse"]["done"]) == ("stopped", 0)
    assert jobs["parse"]["parent"] == jobs["fetch"]["parent"] == jobs["fetch"]["process"]


def test_its_own_track_is_one_too(told: Told, display: Progress) -> None:
    with display:
        assert list(display.track(range(3), description="tracked")) == [0, 1, 2]
    assert told.jobs()["tracked"]["state"] == "done"
    assert told.jobs()["tracked"]["function"]["file"] == __file__


def test_a_task_that_is_removed_ends(told: Told, display: Progress) -> None:
    task = display.add_task("brief", total=2)
    display.remove_task(task)
    assert told.jobs()["brief"]["state"] == "stopped"
    display.stop()
    assert told.events() == ["job.stopped"]


@pytest.mark.parametrize(("error", "state"), [(ValueError("no"), "failed"), (KeyboardInterrupt(), "interrupted")])
def test_an_error_out_of_its_block_ends_it(told: Told, display: Progress, error: BaseException, state: str) -> None:
    def work() -> None:
        with display:
            display.add_task("block", total=2)
            raise error

    with pytest.raises(type(error)):
        work()
    assert told.jobs()["block"]["state"] == state


def test_a_bar_of_tqdm_that_rich_draws_is_not_told_of_twice(told: Told, display: Progress) -> None:
    import warnings

    from tqdm import TqdmExperimentalWarning
    from tqdm.rich import trange

    assert isinstance(display, Progress)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmExperimentalWarning)
        assert list(trange(3, options={"console": Console(file=io.StringIO())})) == [0, 1, 2]
    assert told.jobs() == {}
