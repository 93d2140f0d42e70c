"""Histories of whole decks on a played clock: what hooks say of when and how they run."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from quarterdeck.core.schedule import DAY, SECOND


def test_an_expression_that_cannot_be_read_breaks_the_script_until_it_is_mended(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(nightly=(60.0, 0.1)).more = {"nightly": {"every": None, "cron": "0 25 * * *"}}
        await deck.start_hub()
        await deck.until(state="broken")
        error = deck.values()["error"]
        assert error["message"] == "hook 'nightly': the cron expression '0 25 * * *' cannot be read: Bad hour"
        assert "five fields" in error["hint"]
        deck.write(nightly=(61.0, 0.1)).more = {"nightly": {"every": None, "cron": "0 6 * * *"}}
        await deck.until(state="idle")
        entry = deck.hook("nightly")
        assert entry["text"] == "at 06:00 every day"
        assert 0 < entry["next"] - deck.clock.now() <= DAY
        assert deck.values()["error"] is None

    play(history)


def test_a_jittered_hook_keeps_its_place_over_a_restart(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(60.0, 0.1)).more = {"update": {"jitter": 30 * SECOND}}
        await deck.start_hub()
        await asyncio.sleep(200)
        before = deck.hook("update")
        assert 0 <= before["next"] - before["planned"] <= 30 * SECOND
        assert all(run["late"] < SECOND for run in deck.runs())
        await deck.kill_hub()
        await deck.start_hub()
        await asyncio.sleep(1)
        after = deck.hook("update")
        assert (after["next"], after["planned"]) == (before["next"], before["planned"])

    play(history)


def test_a_run_that_takes_too_long_is_ended_and_has_failed(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(60.0, 45.0)).more = {"slow": {"timeout": 30 * SECOND}}
        await deck.start_hub()
        await deck.until(state="running")
        await asyncio.sleep(29)
        assert deck.values()["state"] == "running"
        await asyncio.sleep(4)
        (run,) = deck.runs(state="failed")
        assert run["reason"] == "timed out after 30 s"
        assert run["error"] == {"type": "TimedOut", "message": "timed out after 30 s"}
        assert 30 * SECOND <= run["duration"] <= 33 * SECOND
        assert deck.hook("slow")["last_state"] == "failed"
        await asyncio.sleep(30)
        assert deck.values()["state"] == "running", "a new worker goes on"
        assert len(deck.workers) == 2

    play(history)


def test_a_sleeping_machine_uses_up_no_time_of_a_run_and_a_dead_hub_does(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(3600.0, 50.0)).more = {"slow": {"timeout": 30 * SECOND}}
        await deck.start_hub()
        await deck.until(state="running")
        await asyncio.sleep(10)
        deck.clock.suspend(3000)
        await asyncio.sleep(10)
        assert deck.values()["state"] == "running"
        await deck.kill_hub()
        await asyncio.sleep(5)
        await deck.start_hub()
        worker = deck.worker()
        worker.connect(deck.service)
        await asyncio.sleep(10)
        assert deck.runs()[0]["state"] == "failed"

    play(history)


def test_retries_run_again_after_a_pause_and_name_the_first(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(load=(86400.0, 1.0))
        files.more = {"load": {"retries": 2, "backoff": 10 * SECOND}}
        files.failing = {"load"}
        await deck.start_hub()
        await deck.until(last_state="failed")
        retry = deck.hook("load")["retry"]
        (first,) = deck.runs()
        assert retry["attempt"] == 2
        await asyncio.sleep(12)
        files.failing = set()
        await asyncio.sleep(60)
        runs = deck.runs()
        assert [(run["cause"], run["state"], run.get("attempt")) for run in runs] == [
            ("schedule", "failed", None),
            ("retry", "failed", 2),
            ("retry", "done", 3),
        ]
        assert {run["retry_of"] for run in runs[1:]} == {retry["of"]}
        assert [round((run["started"] - first["ended"]) / SECOND) for run in runs[1:]] == [10, 31]
        assert deck.hook("load").get("retry") is None
        assert deck.values()["attention"] is False

    play(history)


def test_a_retry_waits_over_a_restart(play: Any) -> None:
    async def history(deck: Any) -> None:
        files = deck.write(load=(86400.0, 1.0))
        files.more = {"load": {"retries": 1, "backoff": 60 * SECOND}}
        files.failing = {"load"}
        await deck.start_hub()
        await deck.until(last_state="failed")
        await deck.kill_hub()
        await deck.start_hub()
        await asyncio.sleep(70)
        retry = deck.runs()[-1]
        assert (retry["cause"], retry["attempt"]) == ("retry", 2)

    play(history)


def test_overlap_cancel_gives_the_worker_to_the_next_run(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(60.0, 1000.0)).more = {"slow": {"overlap": "cancel"}}
        await deck.start_hub()
        await asyncio.sleep(200)
        ended = deck.runs(state="cancelled")
        assert len(ended) == 3
        assert {run["reason"] for run in ended} == {"the next run of this hook was due"}
        assert deck.values()["state"] == "running"
        assert "skipped" not in deck.values()["runs"]

    play(history)


def test_skips_say_why(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(slow=(1.0, 2.5))
        await deck.start_hub()
        await asyncio.sleep(20)
        entry = deck.hook("slow")
        assert entry["skipped"] > 10
        assert entry["last_skip"]["reason"] == "the run before was not over"
        assert entry["last_skip"]["at"] <= deck.clock.now()

    play(history)


def test_a_calendar_stops_a_hook_and_says_why(play: Any, tmp_path: Path) -> None:
    async def history(deck: Any) -> None:
        deck.folder, deck.calendars = tmp_path, {"holidays": "holidays.txt"}
        deck.clock.set(deck.clock.now() + (14 * 3600 + 1805) * SECOND)  # half an hour before midnight
        today = datetime.fromtimestamp(deck.clock.now() / SECOND, deck.zone)
        (tmp_path / "holidays.txt").write_text(f"{today:%Y-%m-%d}  Opening day")
        deck.write(update=(600.0, 0.1)).more = {"update": {"skip": ["holidays"]}}
        await deck.start_hub()
        await asyncio.sleep(3500)
        entry = deck.hook("update")
        assert entry["skipped"] == 3
        assert entry["last_skip"]["reason"] == "holidays: Opening day"
        assert entry["text"] == "every 10 minutes, not on holidays"
        assert deck.times("update") == 3

    play(history)


def test_a_calendar_that_is_not_there_breaks_the_script(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(3600.0, 0.1)).more = {"update": {"skip": ["holidays"]}}
        await deck.start_hub()
        await deck.until(state="broken")
        assert "hook 'update': quarterdeck.toml names no calendar 'holidays'" in deck.values()["reason"]

    play(history)
