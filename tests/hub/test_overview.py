"""What the overview counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quarterdeck.hub.deck import Deck
from quarterdeck.hub.overview import Overview


async def test_it_counts_what_an_earlier_hub_has_left_and_what_changes(
    exchange: Any, clock: Any, tmp_path: Path
) -> None:
    board = exchange.board
    board.publish("script/quiet", [["set", "state", "broken"], ["set", "attention", True]])
    board.publish("script/quiet/store", [["put", "values", {"a": "1"}]])
    board.publish("script/other", [["set", "state", "idle"]])
    overview = Overview(board, clock, Deck(tmp_path))
    await overview.start()

    def counts() -> list[int]:
        return [board.state("deck").values[name] for name in ("scripts", "running", "failing")]

    assert counts() == [2, 0, 1]
    board.publish("script/other", [["set", "state", "running"]])
    board.publish("script/quiet", [["drop"]])
    assert counts() == [1, 1, 0]
    overview.stop()
    board.publish("script/other", [["drop"]])
    assert counts() == [1, 1, 0]
