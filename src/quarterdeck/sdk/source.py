"""What stands in source files."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def lines_around(file: str, line: int, around: int, longest: int | None = None) -> list[list[Any]]:
    """The lines of a file around one of them, as [number, text]; ``longest``: so many characters of each."""
    # Not at the top: programs that nothing happens to need not load it.
    import linecache

    first = max(1, line - around)
    lines = linecache.getlines(file)[first - 1 : line + around]
    return [[number, text.rstrip("\n")[:longest]] for number, text in enumerate(lines, first)]
