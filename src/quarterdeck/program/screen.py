"""What a terminal shows of a program that draws: bars below each other are written again and again, and logged once.

Only what such programs use is understood: the line end, the return to its beginning, lines up and down, and erasing.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    Settled = list[tuple[int, bytes]]  # microseconds UTC, the line

QUIET = 1_000_000
"""Microseconds after which a line above the cursor is not expected to be drawn again."""
HEIGHT = 100
LONGEST = 8_000
_DRAWS = re.compile(rb"\x1b\[\d*A")
_MOVES = re.compile(rb"(\n|\r|\x1b\[\d*[ABK])")
_UNFINISHED = re.compile(rb"\x1b(?:\[\d*)?\Z")


def draws(data: bytes) -> bool:
    """Whether a program goes back up to lines that it has written."""
    return b"\x1b[" in data and _DRAWS.search(data) is not None


class Screen:
    """The last lines, from the first that may be drawn again."""

    def __init__(self) -> None:
        self._lines = [b""]
        self._touched = [0]
        self._row = 0
        self._from_start = True
        self._unfinished = b""

    def write(self, data: bytes, now: int) -> None:
        """The program wrote this."""
        data = self._unfinished + data
        cut = _UNFINISHED.search(data)
        self._unfinished = b"" if cut is None else cut[0]
        for part in _MOVES.split(data if cut is None else data[: cut.start()]):
            if part:
                self._take(part, now)

    def settled(self, now: int) -> Settled:
        """The lines that are done, since they were asked for last."""
        done = 0
        while done < self._row and (now - self._touched[done] >= QUIET or len(self._lines) - done > HEIGHT):
            done += 1
        return self._leave(done)

    def rest(self) -> Settled:
        """All other lines: nothing comes any more."""
        lines = self._leave(len(self._lines))
        while lines and not lines[-1][1]:
            lines.pop()
        return lines

    def _take(self, part: bytes, now: int) -> None:
        if part == b"\n":
            self._touched[self._row] = now
            self._go(self._row + 1)
            self._from_start = True
        elif part == b"\r":
            self._from_start = True
        elif part[:1] == b"\x1b" and part[-1:] in b"ABK":
            count = int(part[2:-1] or 1)
            if part[-1:] == b"K":
                self._erase(part)
            else:
                self._go(max(0, self._row - count) if part[-1:] == b"A" else self._row + count)
                self._touched[self._row] = now  # who comes back to a line may do so again
        else:
            before = b"" if self._from_start else self._lines[self._row]
            self._lines[self._row] = (before + part)[:LONGEST]
            self._touched[self._row] = now
            self._from_start = False

    def _erase(self, part: bytes) -> None:
        if part == b"\x1b[2K" or self._from_start:
            self._lines[self._row] = b""

    def _go(self, row: int) -> None:
        self._row = min(row, len(self._lines))
        if self._row == len(self._lines):
            self._lines.append(b"")
            self._touched.append(self._touched[-1])

    def _leave(self, done: int) -> Settled:
        left = list(zip(self._touched[:done], (line.rstrip() for line in self._lines[:done]), strict=True))
        del self._lines[:done], self._touched[:done]
        self._row = max(0, self._row - done)
        return left
