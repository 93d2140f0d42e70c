"""Events in short that are small, read and checked in one look of msgspec: most topics that begin, begin so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from quarterdeck.core.begin import FEW, Begun
from quarterdeck.core.frames import LONGEST
from quarterdeck.core.ops import MAX_CAP, MAX_FIELD, TWO_53, sets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.kinds.kind import Kind

LONG = 4000
"""Bytes of a line from which on it is not small."""
_SET = b'"set":{'
_BLOB = b'"sha256"'

Field = Annotated[str, Meta(max_length=MAX_FIELD)]
Integer = Annotated[int, Meta(gt=-TWO_53, lt=TWO_53)]
Simple = str | Integer | float | bool | None
Small = Simple | Annotated[list[Simple], Meta(max_length=FEW)] | Annotated[dict[str, Simple], Meta(max_length=FEW)]


class Push(Struct, array_like=True, tag="push", forbid_unknown_fields=True):
    """A ``push`` of a few small items."""

    field: Field
    items: Annotated[list[Small], Meta(max_length=FEW)]
    cap: Annotated[int, Meta(ge=0, le=MAX_CAP)]


class Brief(Struct, tag="patch", tag_field="t", forbid_unknown_fields=True, rename={"fields": "set"}):
    """A patch that sets small scalars and pushes a few items; ``size``: the bytes of its line."""

    topic: str
    batch: int
    fields: Annotated[dict[Field, Small], Meta(min_length=1)]
    ops: list[Push]
    at: Integer | None = None
    name: Annotated[str, Meta(max_length=LONGEST["name"])] | None = None
    size: int = 0

    def begun(self, kind: Kind | None, own: Mapping[str, Any]) -> Begun | None:
        """What it makes of a new topic of this kind, with ``own`` fields before it; None if it is not simple."""
        lists = {} if kind is None else kind.lists()
        if lists is None:
            return None
        for push in self.ops:
            cap, items = lists.get(push.field, (push.cap, ()))
            if items or cap != push.cap or len(push.items) > cap:
                return None
            lists[push.field] = (cap, push.items)
        scalars = {**own, **self.fields}
        return Begun(scalars, lists, self.size) if lists.keys().isdisjoint(scalars) else None

    def frame(self) -> dict[str, Any]:
        """The same as any other patch."""
        pushes = [["push", push.field, push.items, push.cap] for push in self.ops]
        frame = {"t": "patch", "topic": self.topic, "ops": sets(**self.fields) + pushes, "batch": self.batch}
        return {**frame, "at": self.at, "name": self.name}


_decode = msgspec.json.Decoder(Brief).decode


def read(line: bytes) -> Brief | None:
    """The frame of this line, if it is so small and simple; all others are read as they are."""
    if _SET not in line or len(line) > LONG or _BLOB in line:
        return None
    try:
        brief = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # read again, whoever sent it is told what is wrong, if it is
    brief.size = len(line)
    return brief
