"""Catches what a script prints and logs, line by line, from all its threads."""

from __future__ import annotations

import io
import logging
import re
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.worker.spill import Spill

    Line = Callable[[str, str], None]  # source, text

LONGEST_LINE = 8_000
"""Characters; a longer line comes in pieces, so that printing without a line end does not grow memory."""


_WORD = re.compile("[A-Z0-9_]+")


class Stream(io.TextIOBase):
    """Stands for sys.stdout or sys.stderr.  Each thread has its own line in the making, so that lines stay whole."""

    def __init__(self, source: str, descriptor: int, take: Line) -> None:
        self._source = source
        self._descriptor = descriptor
        self._take = take
        self._parts: dict[int, str] = {}
        self._lock = threading.RLock()

    encoding = "utf-8"
    errors = "backslashreplace"

    def write(self, text: str) -> int:
        """Take text; what is before a line end goes out, after a carriage return the line begins anew."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        with self._lock:
            thread = threading.get_ident()
            rest, start = self._parts.pop(thread, ""), 0
            # Line by line and by index: one huge text must become neither huge twice nor slow by its square.
            while (end := text.find("\n", start)) >= 0:
                self._send((rest + text[start:end]).removesuffix("\r"))
                rest, start = "", end + 1
            rest += text[start:]
            begin = rest.rfind("\r", 0, -1) + 1
            while len(rest) - begin > LONGEST_LINE:
                self._send(rest[begin : begin + LONGEST_LINE])
                begin += LONGEST_LINE
            if begin < len(rest):
                self._parts[thread] = rest[begin:]
        return len(text)

    def close(self) -> None:
        """What ``sys.stdout.close()`` calls: the line ends, and the next run writes as before."""
        self.finish()

    def finish(self) -> None:
        """Send the lines that have no end yet."""
        with self._lock:
            parts, self._parts = self._parts, {}
            for rest in parts.values():
                self._send(rest.removesuffix("\r"))

    def _send(self, line: str) -> None:
        line = line[line.rfind("\r") + 1 :]
        for start in range(0, len(line) or 1, LONGEST_LINE):
            self._take(self._source, line[start : start + LONGEST_LINE])

    def writable(self) -> bool:
        """True."""
        return True

    def fileno(self) -> int:
        """The real descriptor, for child processes; see ``spill.py`` for what they write."""
        return self._descriptor

    @property
    def buffer(self) -> Bytes:
        """For those who write bytes."""
        return Bytes(self)


class Bytes(io.RawIOBase):
    """Takes bytes as UTF-8 for a ``Stream``."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes."""
        content = bytes(data)
        self._stream.write(content.decode("utf-8", "backslashreplace"))
        return len(content)


class Records(logging.Handler):
    """Takes what is logged, at INFO and above unless the script sets another level."""

    def __init__(self, take: Line) -> None:
        super().__init__()
        self._take = take
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record, each of its lines."""
        try:
            text = self.format(record)
        except Exception:  # arguments that do not fit the message: say so as logging does, on standard error
            self.handleError(record)
            return
        level = "".join(_WORD.findall(record.levelname.upper()))
        for line in text.split("\n"):
            for start in range(0, len(line) or 1, LONGEST_LINE):
                self._take(f"L:{level or record.levelno}", line[start : start + LONGEST_LINE])


class Output:
    """Stands in for sys.stdout, sys.stderr and logging's root handler; ``take(source, text)`` gets each line.

    ``spill`` is what goes past Python.
    """

    def __init__(self, take: Line, spill: Spill | None = None) -> None:
        self._spill = spill
        if spill is not None:
            take = _in_order(take, spill)
        self.out = Stream("O", 1, take)
        self.err = Stream("E", 2, take)
        self.records = Records(take)
        self._before: list[Any] = []

    def __enter__(self) -> Output:
        """Begin to catch."""
        self._before = [sys.stdout, sys.stderr, logging.root.level, logging.basicConfig]
        sys.stdout, sys.stderr = self.out, self.err
        logging.root.addHandler(self.records)
        logging.root.setLevel(logging.INFO)
        logging.basicConfig = self._basic_config
        return self

    def __exit__(self, *_: object) -> None:
        """Give everything back."""
        self.finish()
        sys.stdout, sys.stderr, level, logging.basicConfig = self._before
        logging.root.removeHandler(self.records)
        logging.root.setLevel(level)

    def finish(self) -> None:
        """Send the lines that have no end yet."""
        self.out.finish()
        self.err.finish()
        if self._spill is not None:
            self._spill.mend()
            self._spill.drain(whole=True)

    @property
    def spilled(self) -> int:
        """How far the file of descriptors 1 and 2 is read, in bytes."""
        return self._spill.at if self._spill is not None else 0

    def drain(self) -> None:
        """Send what child processes have written so far."""
        if self._spill is not None:
            self._spill.drain()

    def _basic_config(self, **options: Any) -> None:
        """What scripts call at their top: it does nothing if there is a handler, so ours steps aside meanwhile.

        A handler that would only write to the caught standard error gives its format to ours, which knows the level.
        """
        logging.root.removeHandler(self.records)
        self._before[3](**options)
        for handler in list(logging.root.handlers):
            if type(handler) is logging.StreamHandler and handler.stream in (self.err, self.out):
                logging.root.removeHandler(handler)
                if {"format", "datefmt", "style"} & set(options):
                    self.records.setFormatter(handler.formatter)
        logging.root.addHandler(self.records)


def _in_order(take: Line, spill: Spill) -> Line:
    """Before a line of Python's what child processes wrote before it."""

    def taken(source: str, text: str) -> None:
        spill.drain()
        take(source, text)

    return taken
