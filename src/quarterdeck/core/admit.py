"""What a hub asks of every event before it folds it: that it fits the state, and that its values are plain.

It is ``check`` and ``check_values``, faster where all is as usual: most operations by far set a scalar to a number or a
short text, and those of different fields have nothing to do with each other.
"""

from __future__ import annotations

from quarterdeck.core.check import check
from quarterdeck.core.ops import MAX_FIELD, SCALAR, TWO_53
from quarterdeck.core.plain import check_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.core.ops import Event
    from quarterdeck.core.state import TopicState

SHORT = 200
"""Characters of a text that counts as short."""
_MOST = SHORT + MAX_FIELD
"""About the bytes that such a scalar takes at most."""


def admit(state: TopicState, ops: Event) -> int:
    """Raise Refused unless the whole event can be applied to ``state``, which stays as it is.

    Returns how many bytes the state grows at most.  A cap or quantum that is missing is written into the operation.
    """
    if type(ops) is not list:
        check(state, ops)
    new, rest = _beyond(state, ops)
    size = len(new) * _MOST
    if rest:
        check(state, rest if _is_apart(rest, new) else ops)
        size += check_values(rest)
    return size


def _is_apart(rest: Event, new: set[str]) -> bool:
    """Whether these can be looked at alone: no bare drop among them, and no field that begins twice."""
    return all(type(op) is list and len(op) > 1 and type(op[1]) is str and op[1] not in new for op in rest)


def _beyond(state: TopicState, ops: Event) -> tuple[set[str], Event]:
    """The fields that begin as small scalars, and the operations that do more than set a small scalar."""
    types = state.types
    new: set[str] = set()
    rest: Event = []
    for op in ops:
        if type(op) is list and len(op) == 3 and op[0] == "set":
            _, field, value = op
            kind = type(value)
            if (
                (kind is str and len(value) <= SHORT and value.isascii())
                or (kind is int and -TWO_53 <= value <= TWO_53)
                or value is None
                or kind is bool
                or (kind is float and value - value == 0.0)
            ) and type(field) is str:
                known = types.get(field)
                if known is not None and known[0] == SCALAR:
                    continue
                if known is None and len(field) <= MAX_FIELD:
                    new.add(field)
                    continue
        rest.append(op)
    return new, rest
