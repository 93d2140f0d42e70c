"""Which objects are frames."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.frames import NAMES, check_frame
from quarterdeck.core.ops import Refused

GOOD: list[dict[str, Any]] = [
    {"t": "hello", "version": 1, "features": [], "name": "x", "claims": ["script/a"], "unknown": 5},
    {"t": "hello", "version": 1, "deck": "D", "epoch": "E", "seq": 0, "now": 1},
    {"t": "watch", "id": "w", "topics": ["a"]},
    {"t": "watch", "id": "w", "prefix": "", "epoch": "E", "after": 3, "window": 60},
    {"t": "watch", "id": "w", "query": {}, "topics": None},
    {"t": "unwatch", "id": "w"},
    {"t": "snapshot", "topic": "a", "seq": 1, "epoch": "E", "kind": None, "state": {}, "types": {}},
    {"t": "patch", "topic": "a", "ops": [], "at": 5, "name": None, "batch": 1},
    {"t": "call", "id": "c", "topic": "a", "name": "n", "args": {}},
    {"t": "reply", "id": "c", "result": None},
    {"t": "reply", "batch": 5, "refused": []},
]


@pytest.mark.parametrize("frame", GOOD)
def test_frames(frame: dict[str, Any]) -> None:
    assert check_frame(frame) == frame["t"]


def test_there_are_seven() -> None:
    assert {frame["t"] for frame in GOOD} == NAMES
    assert len(NAMES) == 7


@pytest.mark.parametrize(
    "frame",
    [
        None,
        [],
        {},
        {"t": "dance"},
        {"t": ["hello"]},
        {"t": "hello"},
        {"t": "hello", "version": True},
        {"t": "hello", "version": 1, "claims": "script/a"},
        {"t": "hello", "version": 1, "claims": [1]},
        {"t": "watch", "topics": ["a"]},
        {"t": "watch", "id": "w"},
        {"t": "watch", "id": "w", "topics": ["a"], "prefix": "b"},
        {"t": "watch", "id": "w", "topics": [1]},
        {"t": "patch", "topic": "a"},
        {"t": "patch", "topic": 5, "ops": []},
        {"t": "patch", "topic": "a", "ops": [], "at": 1.5},
        {"t": "patch", "topic": "a", "ops": [], "at": 2**53},
        {"t": "call", "id": "c", "topic": "a", "name": "n", "args": []},
        {"t": "reply"},
    ],
)
def test_other_things_are_refused(frame: Any) -> None:
    with pytest.raises(Refused) as refused:
        check_frame(frame)
    assert refused.value.code == "malformed"
    assert refused.value.hint
