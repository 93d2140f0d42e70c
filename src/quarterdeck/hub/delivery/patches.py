"""What a topic looks like on the wire: its patch in a batch, and its snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from quarterdeck.core.ops import SERIES
from quarterdeck.hub.delivery.ring import Patch
from quarterdeck.hub.delivery.states import NONE
from quarterdeck.kinds import kind_of

if TYPE_CHECKING:
    from quarterdeck.core.fold import TopicState
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.delivery.states import Live

_encode = msgspec.json.Encoder().encode


def encode(frame: Any) -> str:
    """One frame as a line of JSON."""
    return _encode(frame).decode()


def patch_of(live: Live, seq: int) -> Patch:
    """What the open batch holds of the topic, once without the series' cells and once with them."""
    ops = live.batch.take() if live.batch is not None else []
    live.batch = None
    plain = _without_cells(live, ops)
    full = encode({"t": "patch", "topic": live.topic, "seq": seq, "ops": ops})
    if len(plain) == len(ops) and all(mine is theirs for mine, theirs in zip(plain, ops, strict=True)):
        return Patch(full, full)
    return Patch(encode({"t": "patch", "topic": live.topic, "seq": seq, "ops": plain}) if plain else "", full)


def _without_cells(live: Live, ops: Event) -> Event:
    """The operations without cells; a series that is new leaves an empty record, from which folds learn its type."""
    kept: Event = []
    for op in ops:
        if len(op) == 1:
            live.told = NONE
        if op[0] == "record":
            if op[1] in live.told:
                continue
            live.told |= {op[1]}
            kept.append([*op[:2], {}, *op[3:]])
        elif op[0] != "set" or live.state.types.get(op[1], [""])[0] != SERIES:
            kept.append(op)
    return kept


def snapshot_of(topic: str, state: TopicState | None, seq: int, epoch: str, cells: dict[str, Any] | None = None) -> str:
    """The snapshot frame; a topic that does not exist is "missing"."""
    kind = kind_of(topic)
    frame: dict[str, Any] = {
        "t": "snapshot",
        "topic": topic,
        "seq": seq,
        "epoch": epoch,
        "kind": kind.name if kind else None,
        "state": state.values if state else {},
        "types": state.typed() if state else {},
    }
    if cells is not None:
        frame["cells"] = cells
    if state is None:
        frame["missing"] = True
    return encode(frame)
