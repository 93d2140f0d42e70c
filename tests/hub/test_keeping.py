"""Topics that end by themselves, as their kind declares it."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.schedule import DAY
from quarterdeck.hub import keeping
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.committed import CommittedRecords
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.retention import ending
from quarterdeck.kinds import Keep, Kind
from quarterdeck.store.memory import MemoryStore


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        (Keep("seen", newest=3), {7, 8, 9}),
        (Keep("seen", days=5), {5, 6, 7, 8, 9}),
        (Keep("seen", newest=2, lists=(("odd = 0", "seen != null"), ("odd = 1", "number != 3"))), {3, 6, 7, 8, 9}),
        (Keep("seen", days=3, lists=(("odd = 0",),)), {1, 3, 5, 7, 8, 9}),
        (Keep("seen", newest=1, each=("odd", "third")), {4, 5, 6, 7, 8, 9}),
        (Keep("seen", newest=1, each=("late",)), {4, 9}),
    ],
)
async def test_the_newest_stay_and_the_old_go(
    clock: Any, timers: Any, monkeypatch: pytest.MonkeyPatch, keep: Keep, left: set[int]
) -> None:
    kind = Kind("boat", "boat/*", columns=("seen", "odd", "number", "third", "late"), keep=keep)
    monkeypatch.setattr(keeping, "all_kinds", lambda: [kind])
    monkeypatch.setattr(ending, "BETWEEN", 0)
    monkeypatch.setattr("quarterdeck.hub.commits.kind_of", lambda _topic: kind)
    monkeypatch.setattr("quarterdeck.hub.delivery.states.kind_of", lambda _topic: kind)
    store = MemoryStore([kind])
    commits = Commits(store, clock, delay=0.0)
    board = Exchange(store, commits, clock, timers=timers).board
    for day in range(10):
        fields = {"seen": clock.now() - (10 - day) * DAY, "odd": day % 2, "number": day, "third": "abc"[day % 3]}
        fields |= {"late": True} if day > 4 else {}
        board.publish(f"boat/{day}", [["set", *field] for field in fields.items()])
    upkeep = keeping.Keeping(board, CommittedRecords(store, commits), clock)
    assert await upkeep.sweep() == 10 - len(left)
    assert {day for day in range(10) if board.state(f"boat/{day}") is not None} == left
    assert await upkeep.sweep() == 0
    await commits.close()
