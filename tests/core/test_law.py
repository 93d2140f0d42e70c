"""The law, without mercy: however a history is cut and merged, the state is that of its events one by one.

A failure prints its seed; `Histories(seed)` gives the same history again.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.many import many

from quarterdeck.core.fold import TopicState, check, fold
from quarterdeck.core.merge import Pending
from quarterdeck.core.ops import CODES, Event, Refused
from quarterdeck.core.series import apply_cells
from quarterdeck.core.state import copied
from quarterdeck.testing.histories import FIELDS, Histories

Cells = dict[str, dict[str, Any]]
BLOCKS, A_BLOCK = 8, 300
START = random.SystemRandom().randrange(10**9)


def refusal(state: TopicState, event: Event) -> Refused | None:
    try:
        fold(state, event)
    except Refused as error:
        return error
    return None


class Watcher:
    """What somebody knows who folds every event that is handed to it."""

    def __init__(self, state: TopicState | None = None, cells: Cells | None = None) -> None:
        self.state, self.cells = state or TopicState(), {} if cells is None else cells

    def joined(self) -> Watcher:
        """Another one, who begins with a snapshot."""
        state = self.state.copy()
        return Watcher(state, copied(self.cells))

    def fold(self, event: Event) -> None:
        # Over the wire, so that nothing is shared by accident.
        own = copied(event)
        fold(self.state, own)
        apply_cells(self.cells, own)

    def known(self) -> tuple[TopicState, Cells]:
        return self.state, self.cells


def began(histories: Histories) -> Watcher:
    """Somebody with a past."""
    watcher = Watcher()
    for event in histories.accepted(watcher.state, histories.rnd.randrange(15)):
        apply_cells(watcher.cells, event)
    return watcher


@pytest.mark.long
@pytest.mark.parametrize("block", many(BLOCKS))
def test_every_cut_gives_the_same_state(block: int) -> None:
    for number in range(A_BLOCK):
        seed = START + block * A_BLOCK + number
        histories = Histories(seed, FIELDS[: 2 + number % 7])
        rnd = histories.rnd
        singly = began(histories)
        watchers = [singly.joined() for _ in range(3)]
        # In batches, in batches of batches (outbox, hub, commit), and all in one.
        outbox, batch, whole = Pending(), Pending(), Pending()
        for _ in range(rnd.randrange(25)):
            event = histories.event(singly.state)
            try:
                check(singly.state, event)
            except Refused:
                continue
            singly.fold(event)
            sent = copied(event)
            outbox.merge(event)
            whole.merge(event)
            assert event == sent, f"seed {seed}: merging has changed the producer's operations"
            if rnd.random() < 0.4:
                taken = outbox.take()
                watchers[0].fold(taken)
                batch.merge(taken)
            if rnd.random() < 0.2:
                watchers[1].fold(batch.take())
        taken = outbox.take()
        watchers[0].fold(taken)
        batch.merge(taken)
        watchers[1].fold(batch.take())
        watchers[2].fold(whole.take())
        for who, watcher in zip(("batches", "batches of batches", "one merge"), watchers, strict=True):
            assert watcher.known() == singly.known(), f"seed {seed}: {who} differ from the events one by one"
        assert not outbox
        assert not batch
        assert outbox.take() == []


@pytest.mark.parametrize("block", many(5))
def test_every_one_of_the_cuts_of_short_histories(block: int) -> None:
    for seed in range(START + block * 30, START + block * 30 + 30):
        histories = Histories(seed, FIELDS[:2])
        singly = began(histories)
        before = singly.joined()
        events = histories.accepted(singly.joined().state, 6)
        for event in events:
            singly.fold(event)
        for cuts in range(1 << max(0, len(events) - 1)):
            watcher, pending = before.joined(), Pending()
            for number, event in enumerate(events):
                pending.merge(event)
                if cuts >> number & 1:
                    watcher.fold(pending.take())
            watcher.fold(pending.take())
            assert watcher.known() == singly.known(), f"seed {seed}, cuts {cuts:b}"


@pytest.mark.parametrize("block", many(5))
def test_taken_operations_are_nobodys_to_change(block: int) -> None:
    for seed in range(START + block * 60, START + block * 60 + 60):
        histories, state, pending = Histories(seed, FIELDS[:3]), TopicState(), Pending()
        taken: list[tuple[Event, Event]] = []
        for event in histories.accepted(state, 20):
            pending.merge(event)
            if histories.rnd.random() < 0.4:
                ops = pending.take()
                taken.append((ops, copied(ops)))
                pending.merge(ops)
        assert all(ops == kept for ops, kept in taken), f"seed {seed}"


@pytest.mark.parametrize("block", many(5))
def test_a_refused_event_changes_nothing(block: int) -> None:
    refused = 0
    for seed in range(START + block * 60, START + block * 60 + 60):
        histories, state = Histories(seed, FIELDS[:3]), TopicState()
        for _ in range(20):
            before = state.copy()
            event = histories.event(state) + histories.event(TopicState())
            error = refusal(state, event)
            if error is not None:
                refused += 1
                assert state == before, f"seed {seed}"
                assert error.code in CODES
                assert error.message
                assert str(error) == f"{error.message} ({error.hint})"
    assert refused > 60, "the generator has become merciful"


@pytest.mark.long
def test_the_generator_reaches_every_kind_of_history() -> None:
    seen: set[str] = set()
    for seed in range(300):
        state = TopicState()
        for event, accepted in Histories(seed).told(state, 20):
            verbs = {f"{op[0]}{len(op)}" for op in event if isinstance(op, list) and op and isinstance(op[0], str)}
            seen |= {f"{verb} {accepted}" for verb in verbs}
    wanted = {"set3", "put3", "add3", "push4", "push3", "record4", "record3", "drop1", "drop2", "drop3"}
    assert {f"{verb} {accepted}" for verb in wanted for accepted in (True, False)} <= seen
