"""How large a topic may become: a producer that only ever adds is refused with the mend before it fills the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.merge import weigh
from quarterdeck.core.ops import Refused

if TYPE_CHECKING:
    from quarterdeck.core.fold import TopicState
    from quarterdeck.core.ops import Event, Op

LARGEST = 64 * 2**20
"""Bytes of JSON, about, that a topic's state may take: a million rows of five numbers."""
_STEP = LARGEST // 2
_TYPE = 20


class Weight:
    """Of one topic: at most so many bytes, known exactly only when it seems to be too much."""

    __slots__ = ("_bound", "_full", "bytes")

    def __init__(self) -> None:
        self.bytes = 0
        self._bound = LARGEST
        self._full = False

    @property
    def is_doubtful(self) -> bool:
        """Whether the next event has to be looked at."""
        return self.bytes > self._bound

    def check(self, topic: str, state: TopicState, ops: Event) -> None:
        """Raise Refused if the state is too large and the event would not make it smaller."""
        if not self._full:
            self.bytes = weight_of(state)
            self._full = self.bytes > LARGEST
            self._bound = LARGEST if self._full else self.bytes + _STEP
            if not self._full:
                return
        if not all(map(_shrinks, ops)):
            hint = "drop fields or entries that are no longer needed, lower the caps of lists, or use more topics"
            raise Refused("too-large", f"{topic} takes over {LARGEST // 2**20} MiB and may not grow", hint)
        self.bytes -= sum(_freed(state, op) for op in ops)
        self._full = self.bytes > LARGEST

    def clear(self) -> None:
        """The topic has ended."""
        self.bytes, self._bound, self._full = 0, LARGEST, False


def weight_of(state: TopicState) -> int:
    """About the bytes that a state takes as JSON; its types stay after its values."""
    return weigh(state.values) + sum(len(field) + _TYPE for field in state.types)


def _shrinks(op: Op) -> bool:
    return op[0] == "drop" or (op[0] == "push" and not op[2])


def _freed(state: TopicState, op: Op) -> int:
    if len(op) == 1:
        return weight_of(state)
    value = state.values.get(op[1])
    if value is None:
        return 0
    if op[0] == "push":
        return weigh(value[: max(0, len(value) - op[3])])
    return weigh(value) if len(op) == 2 else weigh(value.get(op[2]))
