"""What the SDK tells the user: a few lines on standard error, never an exception."""

from __future__ import annotations

import sys

LINES = 5


class Report:
    """Counts what went wrong by kind, and says the first few of each kind.

    Kinds: "refused" (an event that does not fit), "dropped" (no room), "denied" (the hub will not have us),
    "spool" (it cannot be used).  Those that are ``muted`` are only counted; no more than ``most`` lines are said.
    """

    def __init__(self, muted: tuple[str, ...] = (), most: int = LINES) -> None:
        self._muted = muted
        self._most = most
        self.counts: dict[str, int] = {}
        self._said: set[str] = set()

    def __call__(self, kind: str, message: str) -> None:
        """Count one, and say so unless it was said before."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        line = f"quarterdeck: {kind}: {message}"
        if kind in self._muted or line in self._said or len(self._said) >= self._most:
            return
        self._said.add(line)
        say(line)


def say(line: str) -> None:
    """A line on standard error, if there is one: it may be closed, full, or an object of the program's own."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(line + "\n")
    except Exception:  # There is nobody left who could be told.
        return


def text_of(error: BaseException) -> str:
    """An error's text; some have one that raises itself."""
    try:
        return str(error)
    except Exception as worse:
        return f"(its text raises {type(worse).__name__})"


def in_words(error: BaseException) -> str:
    """An error's type and text."""
    return f"{type(error).__name__}: {text_of(error)}"
