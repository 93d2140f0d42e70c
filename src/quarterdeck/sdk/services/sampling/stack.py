"""Stacks as they are taken while a request is under way, and as they are told."""

from __future__ import annotations

import sys

from quarterdeck.sdk.source import lines_around

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType, FrameType
    from typing import Any

    Place = tuple[CodeType, int]
    """A function, and the line that it is at (0: unknown)."""

OUTSIDE = 5
"""Frames that are told of the server, while it sends a part of an answer: the innermost."""
DEEPEST = 60
"""Frames of a stack that are told: the innermost."""
SHOWN = 25
"""Frames of an outlier that are told with the lines around."""
_AROUND = 2
_LINE = 120
_entrances: set[CodeType] = set()


def enters(*codes: CodeType) -> None:
    """A request comes into the application through these functions: what is outside of them is the server's."""
    _entrances.update(codes)


def is_entrance(code: CodeType) -> bool:
    """Whether a stack begins behind this function."""
    return code in _entrances


def places_of(frame: FrameType | None) -> list[Place]:
    """From where the request came in to where a thread is, whose innermost frame this is.

    Between two parts of an answer the server has the thread: of what called it nothing is the request's.
    """
    places: list[Place] = []
    while frame is not None and frame.f_code not in _entrances:
        places.append((frame.f_code, frame.f_lineno or 0))
        frame = frame.f_back
    return places[: OUTSIDE if frame is None else None][::-1]


def own(file: str) -> bool:
    """Whether a file is the user's, not a library's or the interpreter's."""
    return "site-packages" not in file and "dist-packages" not in file and not file.startswith(_LIBRARY)


def told_stacks(stacks: Iterable[tuple[float, list[Place]]]) -> list[dict[str, Any]]:
    """The field ``stacks`` of an outlier, from the seconds after which each was taken and its places."""
    shown: set[Place] = set()
    told = []
    for after, places in stacks:
        frames = [_frame(place, shown) for place in reversed(places[-DEEPEST:])]
        told.append({"after": round(after, 3), "frames": frames[::-1]})
    return told


def _frame(place: Place, shown: set[Place]) -> dict[str, Any]:
    code, line = place
    mine = own(code.co_filename)
    frame: dict[str, Any] = {"file": code.co_filename, "line": line, "name": code.co_qualname, "own": mine}
    # What is the innermost, or the user's, is read; the same place once.
    if (mine or not shown) and place not in shown and len(shown) < SHOWN:
        shown.add(place)
        frame["code"] = lines_around(code.co_filename, line, _AROUND, _LINE)
    return frame


_OURS = __file__.rpartition("sdk")[0]
_LIBRARY = (_OURS, sys.prefix + "/lib/", sys.base_prefix + "/lib/", sys.exec_prefix + "/lib/", "<frozen")
