"""What goes past Python: child processes and native code write to descriptors 1 and 2, which lead to a file.

The worker reads that file behind itself and puts the lines into the log of the run that goes on; nobody ever waits for
a pipe.  The two descriptors share the file, so that the lines are in the order in which they were written.
"""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Line = Callable[[str, str], None]  # source, text

SOURCE = "C"
MOST = 256 << 10
"""Bytes that are read at a time; what came faster is counted and left out, so that children do not slow a run."""
MOST_LINES = 2000
PATIENCE = 1.0
LONGEST_LINE = 8_000


class Spill:
    """``path`` is the file; if the first descriptor leads elsewhere there is nothing to read.

    ``take`` gets each line.
    """

    def __init__(self, path: str, take: Line, descriptors: tuple[int, ...] = (1, 2)) -> None:
        self._take = take
        self._descriptors = descriptors
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._rest = b""
        self.at = 0
        self._file = self._kept = -1
        self._identity: tuple[int, int] | None = None
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        except OSError:
            return
        if _identity_of(descriptors[0]) == _identity_of(self._file):
            self._identity = _identity_of(self._file)
            self._kept = os.dup(descriptors[0])
            self.at = os.fstat(self._file).st_size

    def drain(self, whole: bool = False) -> None:
        """Take the lines that came; ``whole``: also one without an end, because the run is over."""
        if self._identity is None or os.getpid() != self._pid:
            return  # a forked child: its parent reads
        if os.fstat(self._file).st_size == self.at and not (whole and self._rest):
            return
        # Who prints does not wait: another thread takes the lines just now, or this very one, which a destructor
        # interrupted.
        if self._lock.acquire(timeout=PATIENCE if whole else 0):
            try:
                self._read(whole)
            finally:
                self._lock.release()

    def mend(self) -> None:
        """Let descriptors 1 and 2 lead to the file again, if the script closed them or made something else of them.

        Else the next file or connection that is opened would get their number, and children would write into it.
        """
        if self._identity is None or os.getpid() != self._pid:
            return
        for descriptor in self._descriptors:
            if _identity_of(descriptor) != self._identity:
                os.dup2(self._kept, descriptor)
                self._take("E", f"(the script closed or replaced descriptor {descriptor}; it is as before again)")

    def _read(self, whole: bool) -> None:
        size = os.fstat(self._file).st_size
        if size < self.at:
            self.at, self._rest = 0, b""  # it had grown too large, and the hub has cut it
        content = self._rest + os.pread(self._file, MOST, self.at)
        self.at = min(size, self.at + MOST)
        *lines, self._rest = content.split(b"\n")
        if len(self._rest) > LONGEST_LINE or (whole and self._rest):
            lines.append(self._rest)
            self._rest = b""
        for line in lines[:MOST_LINES]:
            text = line.removesuffix(b"\r").rpartition(b"\r")[2].decode("utf-8", "backslashreplace")
            self._take(SOURCE, text[:LONGEST_LINE])
        left_out = size - self.at + sum(len(line) + 1 for line in lines[MOST_LINES:])
        self.at = size
        if left_out:
            self._rest = b""
            self._take("E", f"(left out: {left_out:,} bytes that child processes wrote faster than a log is read)")


def _identity_of(descriptor: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino
