"""Keeps what a program writes: all of it in the log's file, the newest lines for the page.

It costs by the piece, not by the line, and no memory, so that a program that writes gigabytes is not held up.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from contextlib import suppress

from quarterdeck.program.screen import Screen, draws
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.harmless import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.program.screen import Settled
    from quarterdeck.worker.logfile import LogFile

TAIL = 200
LONGEST = 2_000
"""Characters of a line in the tail; the file has all of it."""
LONGEST_LINE = 8_000
"""Bytes; a longer line may come in pieces, so that writing without a line end does not grow memory."""
_ENDS = re.compile(rb"\r+\n")
_OVERWRITTEN = re.compile(rb"[^\n]*\r")


class Record:
    """``file`` is where the log is kept, None: nowhere.  ``lines`` is how many there were."""

    def __init__(self, file: LogFile | None) -> None:
        self._file = file
        self._rest: dict[str, bytes] = {}
        self._screens: dict[str, Screen] = {}
        self._tail: deque[tuple[int, str, bytes, int]] = deque()
        self._lines_in_tail = 0
        self._lock = threading.RLock()
        self.lines = 0

    @harmless
    def take(self, source: str, data: bytes) -> None:
        """A piece of what was written, from O or E; never fails."""
        with self._lock:
            screen = self._screens.get(source)
            if screen is None and not draws(data):
                self._take(source, data)
                return
            if screen is None:
                screen = self._screens[source] = Screen()
                data = self._rest.pop(source, b"") + data
            screen.write(data, utc_now())
            self._keep_all(source, screen.settled(utc_now()))

    def _take(self, source: str, data: bytes) -> None:
        data = self._rest.pop(source, b"") + data
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > LONGEST_LINE:
            end, rest = len(data), b""
        if rest:
            # What the next piece overwrites need not be kept.
            self._rest[source] = rest[rest.rfind(b"\r", 0, -1) + 1 :]
        if end:
            self._keep(source, data[:end].removesuffix(b"\n") + b"\n", utc_now())

    @harmless
    def finish(self) -> None:
        """The lines that have no end yet."""
        with self._lock:
            rests, self._rest = self._rest, {}
            for source, rest in rests.items():
                self._keep(source, rest + b"\n", utc_now())
            for source, screen in self._screens.items():
                self._keep_all(source, screen.rest())
            if self._file is not None and self._file.left_out:
                left_out = f"(log full: {self._file.left_out:,} more lines are not in the file)"
                with suppress(OSError):  # the disk is full: the job says how many there were
                    self._file.write(utc_now(), "E", left_out, forced=True)

    def news(self) -> list[list[Any]]:
        """The newest lines since this was asked last, as a run's tail has them: [time, source, text]."""
        with self._lock:
            for source, screen in self._screens.items():
                self._keep_all(source, screen.settled(utc_now()))
            pieces, self._tail, self._lines_in_tail = self._tail, deque(), 0
        rows = [
            [at, source, line.decode("utf-8", "backslashreplace")[:LONGEST]]
            for at, source, piece, _ in pieces
            for line in piece[:-1].rsplit(b"\n", TAIL)[-TAIL:]
        ]
        return rows[-TAIL:]

    def _keep_all(self, source: str, lines: Settled) -> None:
        for at, line in lines:
            self._keep(source, line + b"\n", at)

    def _keep(self, source: str, lines: bytes, now: int) -> None:
        if b"\r" in lines:
            lines = _OVERWRITTEN.sub(b"", _ENDS.sub(b"\n", lines))
        count = lines.count(b"\n")
        self.lines += count
        self._tail.append((now, source, lines, count))
        self._lines_in_tail += count
        while self._lines_in_tail - self._tail[0][3] >= TAIL:
            self._lines_in_tail -= self._tail.popleft()[3]
        if self._file is None:
            return
        try:
            self._file.write_all(now, source, lines)
        except OSError:
            self._file.left_out += count  # a full disk must not end the program; the tail and the count still tell
