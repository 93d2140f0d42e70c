"""Where a job stands in the code: its function, and the line that opened it."""

from __future__ import annotations

import sys

from quarterdeck.core.plain import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

_AROUND = 3
_DOC = 2000
_STARRED = 0x04
_DOUBLE_STARRED = 0x08
_HAS_DOC = 0x4000000  # said from Python 3.13 on; before, a function without one has None there


_known: dict[tuple[CodeType, int], dict[str, Any]] = {}
_MOST_KNOWN = 1000


_stacklevel = 1


def get_stacklevel() -> int:
    """Whose line is shown as the place of a bar: 1 for whoever opens it, 2 for the caller of that, and so on."""
    return _stacklevel


def set_stacklevel(stacklevel: int) -> None:
    """Let the bars that are opened from here on show the line of a caller further up, for code that wraps them.

    Where there are less callers it is the outermost.  Raises ValueError below 1.
    """
    if stacklevel < 1:
        raise ValueError(f"the stack level is {stacklevel}, and has to be 1 or more")
    global _stacklevel  # noqa: PLW0603 - one for the whole program, as it is documented
    _stacklevel = stacklevel


class Place:
    """A frame that may be gone by the time that somebody asks, and what is shown of it: ``code`` and ``line``.

    These are of the frame's caller, or of one further up, as ``set_stacklevel`` has it.
    """

    __slots__ = ("_ran", "code", "frame_id", "line")

    def __init__(self, frame: FrameType) -> None:
        self.frame_id = id(frame)  # only good for comparing with a frame that lives and runs the same code
        self._ran = frame.f_code
        shown = frame
        for _ in range(_stacklevel - 1):
            shown = shown.f_back or shown
        self.code: CodeType = shown.f_code
        self.line: int = shown.f_lineno

    @property
    def label(self) -> str:
        """A name for what was given none: file and line."""
        return f"{self.code.co_filename.replace(chr(92), '/').rpartition('/')[2]}:{self.line}"

    def is_frame(self, frame: FrameType) -> bool:
        """Whether it is this one."""
        return id(frame) == self.frame_id and frame.f_code is self._ran

    def facts(self) -> dict[str, Any]:
        """The fields ``function`` and ``called`` of a job.  Reads the source, the first time at each place."""
        key = (self.code, self.line)
        found = _known.get(key)
        if found is None:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            found = _known[key] = self._read()
        return found

    def _read(self) -> dict[str, Any]:
        code = self.code
        function = {
            "name": code.co_qualname,
            "file": code.co_filename,
            "line": code.co_firstlineno,
            "signature": signature(code),
            "doc": doc(code),
        }
        called = {"file": code.co_filename, "line": self.line, "code": self._lines()}
        return {"function": plain(function), "called": plain(called)}

    def _lines(self) -> list[list[Any]]:
        # Not at the top: programs without jobs need not load it.
        import linecache  # noqa: PLC0415

        first = max(1, self.line - _AROUND)
        lines = linecache.getlines(self.code.co_filename)[first - 1 : self.line + _AROUND]
        return [[number, line.rstrip("\n")] for number, line in enumerate(lines, first)]


def caller(packages: tuple[str, ...], depth: int = 2) -> FrameType | None:
    """The nearest frame above whose module is in none of these packages."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and _root(frame) in packages:
        frame = frame.f_back
    return frame


def signature(code: CodeType) -> str | None:
    """The names of a function's parameters, never their values; None for a module."""
    if code.co_name == "<module>":
        return None
    names = list(code.co_varnames)
    positional, only = code.co_argcount, code.co_kwonlyargcount
    shown = names[:positional]
    rest: list[str] = names[positional + only :]
    if code.co_flags & _STARRED:
        shown.append(f"*{rest.pop(0)}")
    elif only:
        shown.append("*")
    shown += names[positional : positional + only]
    if code.co_flags & _DOUBLE_STARRED:
        shown.append(f"**{rest.pop(0)}")
    return f"{code.co_name}({', '.join(shown)})"


def doc(code: CodeType) -> str | None:
    """A function's docstring; None for a module."""
    if code.co_name == "<module>" or (sys.version_info >= (3, 13) and not code.co_flags & _HAS_DOC):
        return None
    first = code.co_consts[0] if code.co_consts else None
    return first[:_DOC] if isinstance(first, str) else None


def _root(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).split(".", 1)[0]
