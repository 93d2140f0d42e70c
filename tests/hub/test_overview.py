"""What the overview counts."""

from __future__ import annotations

import asyncio
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


async def test_it_lists_the_latest_ends_of_runs_in_one_event(exchange: Any, clock: Any, tmp_path: Path) -> None:
    board = exchange.board
    overview = Overview(board, clock, Deck(tmp_path))
    await overview.start()
    heard: list[Any] = []
    board.listen("deck", lambda _topic, ops, _name: heard.extend(ops))
    for number in range(60):
        board.publish(f"run/{number}", [["set", "script", "a"], ["set", "state", "running"]])
        board.publish(f"run/{number}", [["set", "state", "done"], ["set", "ended", number]])
    board.publish("run/60", [["set", "state", "running"]])
    await asyncio.sleep(0)
    overview.stop()
    assert [op[1] for op in heard] == ["ended"]
    assert heard[0][2] == [[f"run/{number}", "a", "done", None, number] for number in range(10, 60)]
