"""Vectors: histories with what must come of them, as files that every implementation of the core can read.

A vector is {"name"?, "start", "events", "accepted", "merged", "want"}: of the events fold those into ``start`` whose
``accepted`` is true, refuse the others, and the state is ``want``; the one event ``merged`` makes the same.  A state
is {"values", "types", "cells"}.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from quarterdeck.core.fold import TopicState, apply, check
from quarterdeck.core.merge import Pending
from quarterdeck.core.ops import Refused
from quarterdeck.core.series import apply_cells
from quarterdeck.core.state import copied
from quarterdeck.testing.histories import Histories

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.core.ops import Cell, Event


def vector(state: TopicState, cells: dict[str, dict[str, Cell]], events: list[Event]) -> dict[str, Any]:
    """The vector of a history that begins at ``state`` and ``cells`` (field -> minute -> cell).

    Both have gone on to its end afterwards.
    """
    start = _written(state, cells)
    accepted, pending = [], Pending()
    for event in copied(events):
        try:
            check(state, event)
        except Refused:
            accepted.append(False)
            continue
        accepted.append(True)
        apply(state, event)
        apply_cells(cells, event)
        pending.merge(event)
    want = _written(state, cells)
    return {"start": start, "events": events, "accepted": accepted, "merged": pending.take(), "want": want}


def random_vectors(seed: int, count: int) -> list[dict[str, Any]]:
    """Vectors of random histories, each after a random past; the same for the same seed."""
    found = []
    for number in range(count):
        histories = Histories(seed + number)
        state = TopicState()
        cells: dict[str, dict[str, Cell]] = {}
        for event in histories.accepted(state, histories.rnd.randrange(12)):
            apply_cells(cells, event)
        told = histories.told(state.copy(), histories.rnd.randrange(1, 14))
        found.append(vector(state, cells, [event for event, _ in told]))
    return found


def write(path: Path, vectors: list[Any]) -> None:
    """A JSON array with one vector a line, so that a change shows as the lines that it changes."""
    path.write_text("[\n" + ",\n".join(json.dumps(found, separators=(",", ":")) for found in vectors) + "\n]\n")


def _written(state: TopicState, cells: dict[str, dict[str, Cell]]) -> dict[str, Any]:
    written: dict[str, Any] = copied({"values": state.values, "types": state.types, "cells": cells})
    return written
