"""Blobs: what is too big for a state lies beside it as a file, and the state has its name and looks.

The value of a blob field is None, or a dict: ``{"sha256": 64 hex digits, "size": bytes, "type": "image/png", "name":
"a.png"}``.
"""

from __future__ import annotations

from quarterdeck.core.ops import BLOB, TWO_53, Refused, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from quarterdeck.core.ops import Op

KEYS = frozenset(("sha256", "size", "type", "name"))
LONGEST = 255
_HEX = "0123456789abcdef"


def is_sha256(text: Any) -> bool:
    """Whether it is a SHA-256 as blobs are named: 64 hex digits, letters small."""
    return type(text) is str and len(text) == 64 and not text.strip(_HEX)


def check_blob(field: str, value: Any) -> None:
    """Raise Refused unless it is the value of a blob field."""
    if value is None:
        return
    if not isinstance(value, dict) or value.keys() != KEYS:
        raise _malformed(field, value, "a blob is null, or an object with sha256, size, type and name")
    if not is_sha256(value["sha256"]):
        raise _malformed(field, value["sha256"], "sha256 is 64 hex digits, letters small")
    if type(value["size"]) is not int or not 0 <= value["size"] < TWO_53:
        raise _malformed(field, value["size"], "size is the number of bytes")
    for key in ("type", "name"):
        if type(value[key]) is not str or len(value[key]) > LONGEST:
            raise _malformed(field, value[key], f"{key} is a text of at most {LONGEST} characters")


def named_in(ops: Any) -> list[Op]:
    """The operations of an event, checked or not, that set a blob, or a scalar that looks like one."""
    if type(ops) is not list:
        return []
    objects = [op for op in ops if type(op) is list and len(op) > 2 and type(op[2]) is dict]
    return [op for op in objects if op[0] == "set" and type(op[1]) is str and _looks_like_one(op[2])]


def _looks_like_one(value: dict[Any, Any]) -> bool:
    return value.keys() == KEYS and is_sha256(value["sha256"])


def named_by(values: dict[str, Any], types: dict[str, list[Any]]) -> Iterator[str]:
    """The SHA-256 of each blob of a state."""
    for field, known in types.items():
        value = values.get(field) if known[0] == BLOB else None
        if value is not None:
            yield value["sha256"]


def _malformed(field: str, value: Any, hint: str) -> Refused:
    return Refused("malformed", f"{show(value)} is no blob for {field!r}", hint)
