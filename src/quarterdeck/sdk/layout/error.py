"""The one error of a layout: what is wrong, where, and the mend."""

from __future__ import annotations


class LayoutError(ValueError):
    """``message`` and ``hint`` are sentences; ``file`` and ``line`` (from 1) say where."""

    def __init__(self, message: str, hint: str, line: int, file: str = "layout.html") -> None:
        super().__init__(f"{file}, line {line}: {message}; {hint}")
        self.message = message
        self.hint = hint
        self.line = line
        self.file = file


def nearest(name: str, known: list[str]) -> str:
    """The mend for an unknown name: the nearest known one, or all of them."""
    import difflib  # only a mistake pays for it

    by_fold = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), list(by_fold), 1)
    return f"did you mean {by_fold[near[0]]}?" if near else f"known are {', '.join(known)}"
