"""Markdown, Json and Log: what is read at length."""

from __future__ import annotations

from collections import deque

from quarterdeck.core.plain import plain
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.components.component import Component, cap_of, field, shown, text_of, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.sdk.components.component import Op, Sink

LARGEST = 60_000  # bytes of JSON of one value; the protocol refuses more than 64 kB
LONGEST_LINE = 2_000
LOG_LINES = 1_000
LEVELS = ("", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def fitting(value: Any) -> Any:
    """The value made plain; ValueError if it is larger than one value of a topic may be."""
    import json  # the sdk loads it only where it is used

    made = plain(value)
    size = len(json.dumps(made, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LARGEST:
        raise ValueError(
            f"it takes {size:,} bytes as JSON, the most is {LARGEST:,}; show a part, or offer it as a file"
        )
    return made


class Markdown(Component):
    """A long ``text`` in Markdown under a heading, ``title`` (None: made from the id).

    HTML in it is shown as text.
    """

    text: str = field(lambda text: fitting(text_of(text)))
    title: str | None = field(title_of)

    def __init__(self, id: str, text: str = "", title: str | None = None) -> None:
        super().__init__(id)
        self.title = title
        self.text = text


class Json(Component):
    """Any ``value`` that JSON has, as a tree; ``open`` levels of it are unfolded at first."""

    value: Any = field(fitting)
    title: str | None = field(title_of)
    open: int = field(lambda levels: cap_of(levels, "open") if levels else 0)

    def __init__(self, id: str, value: Any = None, title: str | None = None, open: int = 1) -> None:
        super().__init__(id)
        self.title = title
        self.open = open
        self.value = value


class Log(Component):
    """Lines that are added at the end; the newest ``max_lines`` (0: 10,000) are kept.

    ``lines`` reads back a copy of their texts, oldest first.
    """

    title: str | None = field(title_of)

    def __init__(self, id: str, max_lines: int = LOG_LINES, title: str | None = None) -> None:
        super().__init__(id)
        self._lines: deque[list[Any]] = deque(maxlen=cap_of(max_lines, "max_lines"))
        self._push: Callable[[Any], None] | None = None
        self._fields["max_lines"] = max_lines or 0
        self.title = title

    def add(self, text: Any, level: str = "") -> None:
        """Add ``text``, line by line, as of now; ``level`` is empty, DEBUG, INFO, WARNING, ERROR or CRITICAL.

        Of a line the first 2,000 characters are kept.
        """

        rank = level.upper()
        if rank not in LEVELS:
            raise ValueError(f"level is {level!r}; choose one of {', '.join(LEVELS[1:])}, or leave it out")
        now = utc_now()
        for line in text_of(text).splitlines() or [""]:
            item = [now, rank, line[:LONGEST_LINE]]
            self._lines.append(item)
            if self._push is not None:
                self._push(item)

    def clear(self) -> None:
        """Take all lines away."""
        with self._lock:
            self._lines.clear()
            self._send(self._refill())

    @property
    def lines(self) -> list[str]:
        """A copy of the texts, oldest first."""
        return shown([line[2] for line in list(self._lines)])

    @property
    def max_lines(self) -> int:
        """How many lines are kept, exactly; 0 means 10,000."""
        kept: int = self._fields["max_lines"]
        return kept

    @max_lines.setter
    def max_lines(self, most: int) -> None:
        cap = cap_of(most, "max_lines")
        with self._lock:
            self._fields["max_lines"] = most or 0
            self._lines = deque(self._lines, cap)
            self._push = self._pusher("lines", cap)
            self._send([["set", "max_lines", most or 0], ["push", "lines", [], cap]])

    def bind(self, sink: Sink | None) -> None:
        super().bind(sink)
        self._push = self._pusher("lines", cap_of(self.max_lines, "max_lines"))

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._lines = deque(state.get("lines", ()), cap_of(self.max_lines, "max_lines"))

    def _collections(self) -> dict[str, Any]:
        return {"lines": [list(line) for line in self._lines]}

    def _refill(self) -> list[Op]:
        return [["drop", "lines"], ["push", "lines", list(self._lines), self._lines.maxlen]]
