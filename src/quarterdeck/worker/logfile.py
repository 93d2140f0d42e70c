"""The log of a script, or of a program: one file a day (UTC), lines appended as they come."""

from __future__ import annotations

import os
import time

LARGEST_RUN = 64 << 20
"""Bytes that one run may write; the rest is left out and counted, so that a script cannot fill the disk."""
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)


class LogFile:
    """Appends lines ``2026-11-21T09:09:39.123456Z O text`` to FOLDER/PLACE/2026-11-21.log.

    The place of a script is its topic.  A run is a range of bytes of one file: ``begin`` chooses it, and it stays until
    the next run begins.  What runs ``beside`` others has a file of its own, 2026-11-21.ID.log: nobody else writes
    between its lines.
    """

    def __init__(self, folder: str, place: str, beside: str = "") -> None:
        self._folder = folder
        self._place = place
        self._ending = f".{beside}.log" if beside else ".log"
        self._file = -1
        self._left = LARGEST_RUN
        self.left_out = 0
        self.name = ""

    def begin(self, now: int) -> int:
        """Open the day's file (``now`` in UTC microseconds); the byte at which the next line will stand."""
        name = f"{self._place}/{time.strftime('%Y-%m-%d', time.gmtime(now // 1_000_000))}{self._ending}"
        if name != self.name or self._file < 0:
            self.close()
            path = os.path.join(self._folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            self._file = os.open(path, _FLAGS, 0o600)
            self.name = name
        self._left = LARGEST_RUN
        self.left_out = 0
        return self.end()

    def write(self, now: int, source: str, text: str, *, forced: bool = False) -> None:
        """Append one line; ``source`` is O (standard output), E (standard error), L:LEVEL (logging) or C (past Python).

        A run that has written too much is cut short, unless ``forced``.  Raises OSError.
        """
        if not self._left and not forced:
            self.left_out += 1
            return
        line = f"{stamp(now)} {source} {text}\n".encode("utf-8", "backslashreplace")
        if len(line) > self._left and not forced:
            self._left = 0
            self.left_out += 1
            return
        if self._file < 0:
            self.begin(now)
        self._left -= len(line)
        os.write(self._file, line)

    def write_all(self, now: int, source: str, lines: bytes) -> None:
        """Append whole lines, as they are, all as of one time: however many there are, it is quick.  Raises OSError."""
        begin = f"{stamp(now)} {source} ".encode()
        text = begin + lines[:-1].replace(b"\n", b"\n" + begin) + b"\n" if self._left else b""
        if len(text) > self._left or not text:
            text = text[: text.rfind(b"\n", 0, self._left) + 1]
            self.left_out += lines.count(b"\n") - text.count(b"\n")
            self._left = len(text)
        self._left -= len(text)
        while text:
            text = text[os.write(self._file, text) :]

    def end(self) -> int:
        """The size of the file in bytes."""
        return os.fstat(self._file).st_size

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def stamp(now: int) -> str:
    """UTC microseconds as ``2026-11-21T09:09:39.123456Z``."""
    seconds, microseconds = divmod(now, 1_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{microseconds:06d}Z"
