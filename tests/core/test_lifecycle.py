from __future__ import annotations

import pytest

from quarterdeck.core.lifecycle import END_STATES, NEW, RUN, WORKER, ImpossibleChange, Lifecycle


def reachable(table: Lifecycle) -> set[str]:
    seen, todo = {NEW}, [NEW]
    while todo:
        fresh = set(table.changes[todo.pop()]) - seen
        seen |= fresh
        todo += fresh
    return seen


@pytest.mark.parametrize("table", [RUN, WORKER])
def test_every_state_can_be_reached_and_every_change_has_a_reason(table: Lifecycle) -> None:
    assert reachable(table) == set(table.changes)
    assert all(reason for row in table.changes.values() for reason in row.values())


def test_a_run_ends_once() -> None:
    assert END_STATES == ("done", "failed", "cancelled", "lost")
    for end in END_STATES:
        assert not any(RUN.allows(end, state) for state in RUN.changes)


def test_an_impossible_change_names_what_is_possible() -> None:
    with pytest.raises(ImpossibleChange, match="run: 'done' cannot become 'running', only nothing"):
        RUN.change("done", "running")
    assert RUN.change(NEW, "running") == "it was due"


def test_a_table_with_a_hole_is_refused() -> None:
    with pytest.raises(ValueError, match="leads to"):
        Lifecycle("lamp", {NEW: {"lit": "switched on"}})
