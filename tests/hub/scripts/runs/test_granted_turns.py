"""Histories of turns that were given to a worker: whoever is killed, each runs once or is lost with a reason."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quarterdeck.hub.scripts.workers.files import WorkerFiles


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the hub read what the played workers of this deck have noted."""

    def read(deck: Any) -> None:
        monkeypatch.setattr(
            WorkerFiles, "begun", lambda _: {run: 0 for each in deck.workers.values() for run in each.begun}
        )

    return read


def hooks_of(deck: Any, **where: Any) -> list[str]:
    return sorted(run["hook"] for run in deck.runs(**where))


def test_what_a_dead_worker_had_not_begun_waits_for_the_next(play: Any, noted: Any) -> None:
    async def history(deck: Any) -> None:
        noted(deck)
        deck.write(first=(3600.0, 0.5), second=(3600.0, 0.5), third=(3600.0, 0.1))
        await deck.start_hub()
        await deck.until(state="running")
        assert len(deck.service.scheduler.held("s")) == 3
        deck.worker().die("was killed by SIGKILL")
        await asyncio.sleep(5)
        assert hooks_of(deck, state="lost") == ["first"]
        assert hooks_of(deck, state="done") == ["second", "third"]
        assert sorted(deck.ran) == [("s", "first"), ("s", "second"), ("s", "third")]

    play(history)


def test_what_had_begun_and_ended_unheard_is_lost_and_not_run_again(play: Any, noted: Any) -> None:
    async def history(deck: Any) -> None:
        noted(deck)
        deck.write(first=(3600.0, 0.05), second=(3600.0, 0.5), third=(3600.0, 0.1))
        await deck.start_hub()
        await deck.until(state="idle")
        worker = deck.worker()
        worker.service = None  # what it tells stays in its outbox
        await asyncio.sleep(0.3)
        worker.service = deck.service
        worker.die("was killed by SIGKILL")
        await asyncio.sleep(5)
        reasons = {run["hook"]: run["reason"] for run in deck.runs(state="lost")}
        assert reasons == {
            "first": "its worker died before it had told how it ended",
            "second": "its worker was killed by SIGKILL",
        }
        assert [deck.times(hook) for hook in ("first", "second", "third")] == [1, 1, 1]

    play(history)


async def unheard(deck: Any, noted: Any) -> str:
    """A run whose turn never reached its worker, since the hub was killed."""
    noted(deck)
    deck.write(update=(3600.0, 0.1))
    await deck.start_hub()
    await deck.until(state="idle")
    await asyncio.sleep(1)
    deck.worker().deaf = True
    run = (await deck.service.answer("script/s", "trigger", {}, "ada"))["run"]
    await asyncio.sleep(0.1)
    await deck.kill_hub()
    return run


def test_turns_that_never_reached_their_worker_are_given_by_the_next_hub(play: Any, noted: Any) -> None:
    async def history(deck: Any) -> None:
        run = await unheard(deck, noted)
        deck.worker().deaf = False
        await deck.start_hub()
        assert deck.service.runs.values(run)["state"] == "waiting"
        deck.worker().connect(deck.service)
        await asyncio.sleep(1)
        values = deck.service.runs.values(run)
        assert (values["state"], values["by"]) == ("done", "ada")
        assert deck.times("update") == 2

    play(history)


@pytest.mark.parametrize(("booted", "state"), [(False, "done"), (True, "lost")])
def test_after_a_power_cut_nobody_knows_what_had_begun(play: Any, noted: Any, booted: bool, state: str) -> None:
    async def history(deck: Any) -> None:
        run = await unheard(deck, noted)
        deck.worker().die("was killed by SIGKILL")
        deck.booted = 1e9 if booted else 0.0
        await deck.start_hub()
        await asyncio.sleep(3)
        assert deck.service.runs.values(run)["state"] == state

    play(history)


def test_a_new_version_takes_back_what_was_given(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(long=(3600.0, 0.8), quick=(3600.0, 0.1))
        await deck.start_hub()
        await deck.until(state="running")
        deck.write(quick=(3600.0, 0.1), more=(3600.0, 0.1))
        await asyncio.sleep(3)
        assert hooks_of(deck, state="done") == ["long", "more", "quick"]
        assert {run["version"] for run in deck.runs(hook="quick")} == {deck.files["s"].version}

    play(history)


def test_one_that_was_given_and_not_begun_can_be_cancelled(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(long=(3600.0, 0.8), quick=(3600.0, 0.1))
        await deck.start_hub()
        await deck.until(state="running")
        (quick,) = (turn.run for turn in deck.service.scheduler.held("s").values() if turn.hook == "quick")
        await deck.service.answer("script/s", "cancel", {"run": quick}, "ada")
        await asyncio.sleep(2)
        assert deck.times("quick") == 0
        assert hooks_of(deck, state="done") == ["long"]
        assert len(deck.workers) == 1

    play(history)


@pytest.mark.parametrize("overlap", ["skip", "allow"])
def test_what_a_run_begins_with_is_known_until_it_has_begun_and_not_said_again(play: Any, overlap: str) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(1.0, 9.0)).more = {"slow": {"overlap": overlap}}
        await deck.start_hub()
        await asyncio.sleep(2.9)
        (held,) = deck.service.scheduler.held("s").values()
        beside = deck.service.scheduler.beside("s").values()
        assert bool(beside) == (overlap == "allow")
        for turn in (held, *beside):
            assert turn.begun
            assert deck.service.given("s", f"run/{turn.run}") is None
        held.begun = False
        assert deck.service.given("s", f"run/{held.run}")["hook"] == "slow"

    play(history)
