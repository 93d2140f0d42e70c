"""The seven frames: their names, their limits, and whether one has the form of the protocol.

A frame is one JSON object on one line, its name under ``t``.  A message is one or more lines: a frame of a WebSocket,
the body of a POST, and on a unix socket the lines up to an empty one.  Unknown keys are ignored, so that older and
newer peers understand each other.
"""

from __future__ import annotations

from quarterdeck.core.ops import TWO_53, Refused, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
MAX_MESSAGE = 1 << 20
MAX_VALUE = 64 * 1024
MAX_DEPTH = 32

# What each frame must have and may have, by type; whatever else it carries is ignored.
_TEXT, _TEXTS, _INTEGER, _OBJECT, _ARRAY = (
    "a text",
    "an array of texts",
    "an integer below 2**53",
    "an object",
    "an array",
)
_MUST: dict[str, dict[str, str]] = {
    "hello": {"version": _INTEGER},
    "watch": {"id": _TEXT},
    "unwatch": {"id": _TEXT},
    "snapshot": {"topic": _TEXT, "seq": _INTEGER, "state": _OBJECT},
    "patch": {"topic": _TEXT, "ops": _ARRAY},
    "call": {"id": _TEXT, "topic": _TEXT, "name": _TEXT},
    "reply": {},
}
_MAY: dict[str, dict[str, str]] = {
    "hello": {
        "features": _TEXTS, "name": _TEXT, "stream": _TEXT, "claims": _TEXTS, "token": _TEXT, "state": _OBJECT,
        "deck": _TEXT, "epoch": _TEXT, "seq": _INTEGER, "now": _INTEGER, "acked": _INTEGER,
    },
    "watch": {
        "topics": _TEXTS, "prefix": _TEXT, "query": _OBJECT, "epoch": _TEXT, "after": _INTEGER, "window": _INTEGER,
    },
    "unwatch": {},
    "snapshot": {"epoch": _TEXT, "kind": _TEXT, "types": _OBJECT, "cells": _OBJECT},
    "patch": {"set": _OBJECT, "seq": _INTEGER, "at": _INTEGER, "name": _TEXT, "batch": _INTEGER},
    "call": {"args": _OBJECT, "deadline": _INTEGER, "by": _TEXT},
    "reply": {"id": _TEXT, "batch": _INTEGER, "seq": _INTEGER, "topic": _TEXT, "refused": _ARRAY, "error": _OBJECT},
}  # fmt: skip
# Names and ids are remembered by the hub, so they stay short.
LONGEST = {"id": 128, "name": 512, "stream": 128}
_USUAL = frozenset(("t", "topic", "ops", "batch", "name", "at"))
NAMES = frozenset(_MUST)
_PYTHON: dict[str, type] = {_TEXT: str, _INTEGER: int, _OBJECT: dict, _ARRAY: list}


def check_frame(frame: Any) -> str:
    """The name of a decoded frame; raises Refused unless it has what its name demands.

    ``null`` counts as absent where a key may be absent.  What stands inside of ``ops``, ``args`` and ``state`` is not
    looked at.
    """
    name = frame.get("t") if type(frame) is dict else None
    if name == "patch" and frame.keys() <= _USUAL and _is_usual(frame):
        return "patch"
    if type(name) is not str or name not in NAMES:
        raise Refused(
            "malformed", f"{show(frame)} is not a frame", f'a frame is an object with "t": {", ".join(_MUST)}'
        )
    for key, wanted in _MUST[name].items():
        if not _fits(frame.get(key), wanted):
            raise _misfit(name, key, wanted, frame)
    known = _MAY[name]
    for key, value in frame.items():
        if value is None:
            continue
        if key in known and not _fits(value, known[key]):
            raise _misfit(name, key, known[key], frame)
        if key in LONGEST and type(value) is str and len(value) > LONGEST[key]:
            raise Refused(
                "too-large", f"a {name} has {len(value)} characters as its {key!r}", f"{LONGEST[key]} are the most"
            )
    if name == "watch" and sum(frame.get(key) is not None for key in ("topics", "prefix", "query")) != 1:
        raise Refused("malformed", "a watch names what it watches once", 'give one of "topics", "prefix" and "query"')
    if name == "reply" and frame.get("id") is None and frame.get("batch") is None:
        raise Refused("malformed", "a reply answers something", 'give the "id" of a call or watch, or the "batch"')
    return name


def _is_usual(frame: dict[str, Any]) -> bool:
    """Whether it is a patch of a producer as nearly all are; what is absent may be ``None``."""
    get = frame.get
    if type(get("topic")) is not str or type(get("ops")) is not list or type(get("batch")) is not int:
        return False
    name, at = get("name"), get("at")
    return (name is None or (type(name) is str and len(name) <= LONGEST["name"])) and (
        at is None or (type(at) is int and -TWO_53 < at < TWO_53)
    )


def _fits(value: Any, wanted: str) -> bool:
    if wanted == _TEXTS:
        return type(value) is list and all(type(item) is str for item in value)
    if wanted == _INTEGER:
        return type(value) is int and -TWO_53 < value < TWO_53
    return type(value) is _PYTHON[wanted]


def _misfit(name: str, key: str, wanted: str, frame: dict[str, Any]) -> Refused:
    return Refused("malformed", f"a {name} has {show(frame.get(key))} as its {key!r}", f"{key!r} is {wanted}")
