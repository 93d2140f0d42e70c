"""The rules that every store follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.fold import TopicState
from quarterdeck.store.jsontext import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.store.contract import TopicChange
    from quarterdeck.store.query import KindColumns

BIG = 4096
"""Scalars whose JSON is longer (characters) are kept apart, so that a change beside them does not write them again."""
LONGEST_ESCAPE = 8
"""No character takes more in JSON."""
SHORT = BIG // LONGEST_ESCAPE
"""A text of fewer characters is never that long."""
_REMEMBERED_US = 30 * 86_400 * 1_000_000


def is_stored(change: TopicChange, kinds: Mapping[str, KindColumns]) -> bool:
    """Whether the topic is one that is kept at all."""
    kind = kinds.get(change.kind) if change.kind is not None else None
    return (kind is None or kind.stored) and not change.topic.startswith("query/")


def scalars_only(state: TopicState) -> TopicState:
    """The state with its small scalars, its blobs and all types, as lists show it."""
    values = state.values.items()
    kept = ("scalar", "blob")
    small = {field: value for field, value in values if state.types[field][0] in kept and not is_big(value)}
    return TopicState(small, dict(state.types))


def is_big(value: Any) -> bool:
    """Whether a scalar is kept apart."""
    if value is None or isinstance(value, (bool, int, float)):
        return False
    if type(value) is str and len(value) < SHORT:
        return False
    return len(encode(value)) > BIG


def forgotten_before(now: int) -> int:
    """Streams and events that nobody caused are forgotten if they are older (microseconds UTC)."""
    return now - _REMEMBERED_US
