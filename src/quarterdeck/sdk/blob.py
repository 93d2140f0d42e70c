"""What a script or program puts into a blob field: the value, and where its bytes are until the hub has them."""

from __future__ import annotations

import os

from quarterdeck.core.blobs import LONGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from quarterdeck.core.ops import Event

READ_AT_ONCE = 8 << 20
"""Bytes of a file up to which it is read when it is named; a larger one is read when it is sent."""
BYTES = "application/octet-stream"


class Blob(dict):  # type: ignore[type-arg]
    """The value of a blob field.  ``source`` are its bytes, or the path of the file that has them."""

    __slots__ = ("source", "tries")

    def __init__(self, sha256: str, size: int, type: str, name: str, source: bytes | str) -> None:
        super().__init__(sha256=sha256, size=size, type=type[:LONGEST], name=name[-LONGEST:])
        self.source = source
        self.tries = 0


def blob_of(content: Any, type: str | None = None, name: str | None = None) -> Blob:
    """The blob of ``content``: bytes, a text, or a file by its path (``pathlib.Path``); OSError if that cannot be read.

    What is not said is guessed: the name of a file is its own, the type is known by the end of the name.
    """
    if hasattr(content, "__fspath__"):
        path = os.fspath(content)
        name = os.path.basename(path) if name is None else name
        source, sha256, size = _of_file(os.path.abspath(path))
    elif isinstance(content, str | bytes | bytearray | memoryview):
        source = content.encode("utf-8", "replace") if isinstance(content, str) else bytes(content)
        sha256, size = _hashed(source), len(source)
        type = type or ("text/plain; charset=utf-8" if isinstance(content, str) and not name else None)
    else:
        raise TypeError(
            f"{content!r:.80} is neither bytes, a text nor the path of a file; give pathlib.Path for a file"
        )
    return Blob(sha256, size, type or guessed(name or ""), name or "", source)


def blobs_in(ops: Event) -> Iterator[Blob]:
    """The blobs that the operations of an event set, and whose bytes are here."""
    for op in ops:
        if op[0] == "set" and type(op[2]) is Blob:
            yield op[2]


def without(ops: Event, blob: Blob) -> Event:
    """The operations of an event but for the one that sets this blob."""
    return [op for op in ops if op[0] != "set" or op[2] is not blob]


def guessed(name: str) -> str:
    """The type of a file by the end of its name."""
    import mimetypes  # the sdk loads it only where it is used

    return mimetypes.guess_type(name)[0] or BYTES


def _of_file(path: str) -> tuple[bytes | str, str, int]:
    import hashlib

    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > READ_AT_ONCE:
            return path, hashlib.file_digest(file, "sha256").hexdigest(), size
        content = file.read()
    return content, _hashed(content), len(content)


def _hashed(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
