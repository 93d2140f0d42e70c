"""Merged operations that are too large for one message, cut into several that do the same one after the other."""

from __future__ import annotations

from quarterdeck.core.merge import weigh
from quarterdeck.core.ops import COUNTERS, MAP, SERIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from quarterdeck.core.ops import Event, FieldType, Op

# A value that is set may take 64 kB.  A whole map, counters or series may take more, but then it goes entry by entry.
LARGEST_SET = 60_000
_GROWING = {MAP: "put", COUNTERS: "add", SERIES: "record"}


def split(ops: Event, types: Mapping[str, FieldType], limit: int) -> list[Event]:
    """Events of at most about ``limit`` bytes each (by ``weigh``; one value is never cut) that fold to the same state.

    ``types`` says which fields are maps, counters and series, so that a large one that is set can be cut.
    """
    events: list[Event] = [[]]
    size = 0
    for op in ops:
        for piece in _pieces(op, types, limit):
            weight = weigh(piece)
            if events[-1] and size + weight > limit:
                events.append([])
                size = 0
            events[-1].append(piece)
            size += weight
    return events


def _pieces(op: Op, types: Mapping[str, FieldType], limit: int) -> Iterator[Op]:
    verb = op[0]
    if verb == "push":
        yield from ([verb, op[1], part, op[3]] for part in _cut_list(op[2], limit))
    elif verb in ("put", "add", "record"):
        yield from ([verb, op[1], part, *op[3:]] for part in _cut_dict(op[2], limit))
    elif verb == "set" and op[1] in types and types[op[1]][0] in _GROWING and weigh(op[2]) > LARGEST_SET:
        known = types[op[1]]
        yield ["set", op[1], {}]
        yield from ([_GROWING[known[0]], op[1], part, *known[1:]] for part in _cut_dict(op[2], limit))
    else:
        yield op


def _cut_list(items: list[Any], limit: int) -> Iterator[list[Any]]:
    return (items[start:stop] for start, stop in _spans(items, weigh, limit))


def _cut_dict(entries: dict[str, Any], limit: int) -> Iterator[dict[str, Any]]:
    pairs = list(entries.items())
    spans = _spans(pairs, lambda pair: len(pair[0]) + 4 + weigh(pair[1]), limit)
    return (dict(pairs[start:stop]) for start, stop in spans)


def _spans(items: list[Any], weight: Callable[[Any], int], limit: int) -> Iterator[tuple[int, int]]:
    """(start, stop) of consecutive parts of at most ``limit``; one empty part if there are no items."""
    start = size = 0
    for index, item in enumerate(items):
        heavy = weight(item)
        if index > start and size + heavy > limit:
            yield start, index
            start, size = index, 0
        size += heavy
    yield start, len(items)
