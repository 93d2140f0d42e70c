"""Where a job stands in the code: its function, and the line that opened it."""

from __future__ import annotations

import sys

from quarterdeck.core.plain import plain
from quarterdeck.core.topics import join
from quarterdeck.sdk.jobs.arguments import arguments_of, may_tell_arguments
from quarterdeck.sdk.source import lines_around
from quarterdeck.sdk.transport import loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

_AROUND = 3
_DOC = 2000
_DEEPEST = 10
_STARRED = 0x04
_DOUBLE_STARRED = 0x08
_ID = 20
_HAS_DOC = 0x4000000  # said from Python 3.13 on; before, a function without one has None there


# By identity, as the hash of code is slow; what is known of it holds the code.
_known: dict[tuple[int, int, int], tuple[Described, object, object]] = {}
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


class Described:
    """What is told of a place, once by each process however many jobs it has there.

    ``facts`` are the fields ``function`` and ``called`` of ``topic``, which is that of its ``id``: the same facts have
    the same one, in whichever process.
    """

    __slots__ = ("facts", "id", "topic")

    def __init__(self, facts: dict[str, Any]) -> None:
        with loading:
            # Not at the top: programs without jobs need not load it.
            import hashlib
        self.facts = facts
        self.id = hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()[:_ID]
        self.topic = join("place", self.id)


class Place:
    """A frame that may be gone by the time that somebody asks, and what is shown of it: ``code`` and ``line``.

    These are of the frame, or of a caller further up, as ``set_stacklevel`` has it.  ``function`` is what the job calls
    again and again, if it is one of those that do; ``arguments`` what that of the frame was called with, if it may be
    told.
    """

    __slots__ = ("_ran", "arguments", "code", "frame_id", "function", "line")

    def __init__(self, frame: FrameType, function: Callable[..., Any] | None = None) -> None:
        self.function = function
        self.frame_id = id(frame)  # only good for comparing with a frame that lives and runs the same code
        self._ran = frame.f_code
        shown = frame
        for _ in range(_stacklevel - 1):
            shown = shown.f_back or shown
        self.code: CodeType = shown.f_code
        self.line: int = shown.f_lineno
        self.arguments = arguments_of(shown) if function is None and may_tell_arguments() else None

    @property
    def label(self) -> str:
        """A name for what was given none: the function's that it calls, else file and line."""
        name = None if self.function is None else name_of(self.function)
        return name or f"{self.code.co_filename.replace(chr(92), '/').rpartition('/')[2]}:{self.line}"

    def release(self) -> None:
        """It is told of: what the function holds may go."""
        self.function = None

    def is_frame(self, frame: FrameType) -> bool:
        """Whether it is this one."""
        return id(frame) == self.frame_id and frame.f_code is self._ran

    def described(self) -> Described:
        """What is told of it.  Reads the source, the first time at each place."""
        code = self.code if self.function is None else getattr(_inner(self.function), "__code__", None)
        key = (id(self.code), self.line, id(code))
        known = _known.get(key)
        if known is not None:
            return known[0]
        found = self._read(code)
        if code is not None:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[key] = (found, self.code, code)
        return found

    def _read(self, code: CodeType | None) -> Described:
        function = described(self.function) if code is None else described_by(code)
        file = self.code.co_filename
        called = {"file": file, "line": self.line, "code": lines_around(file, self.line, _AROUND)}
        return Described({"function": function, "called": plain(called)})


def described_by(code: CodeType) -> dict[str, Any]:
    """The field ``function`` of what has this code."""
    found = {
        "name": code.co_qualname,
        "file": code.co_filename,
        "line": code.co_firstlineno,
        "signature": signature(code),
        "doc": doc(code),
    }
    made: dict[str, Any] = plain(found)
    return made


def described(function: object) -> dict[str, Any]:
    """The same of anything that can be called; a class or a builtin has no code."""
    inner = _inner(function)
    code = getattr(inner, "__code__", None)
    if code is not None:
        return described_by(code)
    name, text = getattr(inner, "__qualname__", type(inner).__qualname__), getattr(inner, "__doc__", None)
    text = text[:_DOC] if isinstance(text, str) else None
    made: dict[str, Any] = plain({"name": name, "file": None, "line": None, "signature": None, "doc": text})
    return made


def name_of(function: object) -> str | None:
    """What it is called; None if it has no name."""
    name = str(getattr(_inner(function), "__qualname__", "")).rpartition("<locals>.")[2]
    return None if name in ("", "<lambda>") else name


def _inner(function: object) -> object:
    """The function itself of one with arguments bound, of a method, and of an object that can be called."""
    for _ in range(_DEEPEST):
        inner = getattr(function, "func", None) or getattr(function, "__wrapped__", None)
        inner = inner or getattr(function, "__func__", None)
        if inner is None or not callable(inner):
            break
        function = inner
    if hasattr(function, "__qualname__"):
        return function
    return vars(type(function)).get("__call__", function)


def caller(packages: tuple[str, ...], depth: int = 2) -> FrameType | None:
    """The nearest frame above whose module is in none of these packages."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and root_of(frame) in packages:
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


def root_of(frame: FrameType) -> str:
    """The package that its code is of."""
    return str(frame.f_globals.get("__name__", "")).split(".", 1)[0]
