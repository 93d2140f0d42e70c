"""Frames as text: one JSON object a line."""

from __future__ import annotations

import json

from quarterdeck.core.plain import plain
from quarterdeck.core.short import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.sdk.frame import Frame
    from quarterdeck.sdk.outbox import Batch

_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"))


def encode_line(frame: Frame) -> bytes:
    """One frame without its line end.  What is not plain JSON after all is made so."""
    try:
        return _encoder.encode(frame).encode()
    except (TypeError, ValueError, RecursionError):
        return _encoder.encode(plain(frame)).encode()


def encode_lines(frames: Iterable[Frame]) -> bytes:
    """Several frames, each with its line end."""
    return b"".join(encode_line(frame) + b"\n" for frame in frames)


def encode_batch(batch: Batch) -> bytes:
    """The lines of a frozen batch; encoded once, so that what is sent again is the same text."""
    if batch.encoded is None:
        batch.encoded = encode_lines(map(shorten, batch.frames))
    return batch.encoded


def decode_line(line: bytes | str) -> Frame:
    """One frame; raises ValueError if the line is not a JSON object."""
    frame = json.loads(line)
    if not isinstance(frame, dict):
        raise ValueError(f"a frame is a JSON object, not {line[:80]!r}")
    return frame
