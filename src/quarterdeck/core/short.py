"""A patch in short: what it sets is one object, ``"set": {field: value}``, which stands before its operations.

Most events that say much only set scalars, so that is most of what travels.
"""

from __future__ import annotations

from quarterdeck.core.ops import sets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from quarterdeck.core.ops import Event

WORTH = 4
"""So many fields are worth an object of their own."""


def shorten(frame: dict[str, Any]) -> dict[str, Any]:
    """The patch in short, where that is the same and worth while."""
    ops = frame["ops"]
    if len(ops) < WORTH:
        return frame
    fields = {op[1]: op[2] for op in ops if len(op) == 3 and op[0] == "set"}
    rest = [op for op in ops if len(op) != 3 or op[0] != "set"]
    if len(fields) < WORTH or len(fields) + len(rest) != len(ops):
        return frame
    # What more is said of a field that is set has its place before or behind, and so has the end of the topic.
    if rest and not all(len(op) > 1 and op[1] not in fields for op in rest):
        return frame
    return {**frame, "ops": rest, "set": fields}


def ops_of(frame: Mapping[str, Any]) -> Event:
    """All operations of a patch, in short or not."""
    fields = frame.get("set")
    ops: Event = frame["ops"]
    return [*sets(**fields), *ops] if fields else ops
