"""Histories of whole decks on a played clock: what hooks say of when and how they run."""

from __future__ import annotations

import asyncio
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
        entry = deck.values()["hooks"]["nightly"]
        assert entry["text"] == "at 06:00 every day"
        assert 0 < entry["next"] - deck.clock.now() <= DAY
        assert deck.values()["error"] is None

    play(history)


def test_a_jittered_hook_keeps_its_place_over_a_restart(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(60.0, 0.1)).more = {"update": {"jitter": 30 * SECOND}}
        await deck.start_hub()
        await asyncio.sleep(200)
        before = deck.values()["hooks"]["update"]
        assert 0 <= before["next"] - before["planned"] <= 30 * SECOND
        assert all(run["late"] < SECOND for run in deck.runs())
        await deck.kill_hub()
        await deck.start_hub()
        await asyncio.sleep(1)
        after = deck.values()["hooks"]["update"]
        assert (after["next"], after["planned"]) == (before["next"], before["planned"])

    play(history)
