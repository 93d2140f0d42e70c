"""Histories of whole decks: scheduler, supervisor and topics together, on a played clock."""

from __future__ import annotations

import asyncio
from typing import Any


def test_the_sample_counts_each_second(play: Any) -> None:
    async def history(deck: Any) -> None:
        version = deck.write(setup=0.01, update=(1.0, 0.1)).version
        await deck.start_hub()
        await asyncio.sleep(10.5)
        assert deck.ran[:2] == [("s", "setup"), ("s", "update")]
        assert deck.times("setup") == 1
        assert deck.times("update") == 11
        values = deck.values()
        assert values["state"] == "idle"
        assert values["runs"] == {"done": 12}
        assert values["hooks"]["update"]["text"] == "every second"
        assert values["hooks"]["update"]["last_state"] == "done"
        assert values["last_duration"] == 100_000
        assert len(values["strip"]) == 12
        assert values["next_due"] > deck.clock.now()
        run = deck.runs(hook="update")[-1]
        assert run["cause"] == "schedule"
        assert run["version"] == version
        assert run["late"] < 1_000_000
        assert [name for topic, name, _ in deck.board.named if topic == "script/s"] == ["script.found", "script.loaded"]

    play(history)
