"""What an exception was, for the page: type, message, traceback, and the frames with the code around them."""

from __future__ import annotations

import linecache
import os
import traceback as tracebacks

from quarterdeck.sdk.source import lines_around

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

MESSAGE = 4_000
TRACEBACK = 30_000
FRAMES = 30
AROUND = 3
LINE = 300
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Failure:
    """Plain values, each well below the protocol's limit.

    ``error``: {"type", "message"}; ``traceback``: text; ``frames``, outermost first: {"file" (relative to the script's
    folder if it is inside), "line", "name", "code": [[number, text], ...] around the line, "own": inside the folder}.
    """

    def __init__(self, error: BaseException, root: str) -> None:
        root = os.path.realpath(root)
        self.folder = root if os.path.isdir(root) else os.path.dirname(root)
        self.error = {"type": _type_of(error), "message": _cut(_message(error), MESSAGE)}
        shown = _without_ours(error.__traceback__)
        self.traceback = _cut(_formatted(error, shown), TRACEBACK)
        self.frames = [self._frame(frame) for frame in _chosen(tracebacks.extract_tb(shown))]
        if isinstance(error, SyntaxError) and error.filename:
            self.frames.append(self._frame(tracebacks.FrameSummary(error.filename, error.lineno or 1, "<module>")))

    @property
    def place(self) -> tuple[str | None, int | None]:
        """File and line of the innermost frame in the script's own files; (None, None) if there is none."""
        for frame in reversed(self.frames):
            if frame["own"]:
                return frame["file"], frame["line"]
        return None, None

    def _frame(self, frame: tracebacks.FrameSummary) -> dict[str, Any]:
        path = os.path.realpath(frame.filename)
        own = path.startswith(self.folder + os.sep)
        line = frame.lineno or 0
        return {
            "file": os.path.relpath(path, self.folder) if own else frame.filename,
            "line": line,
            "name": frame.name,
            "code": _code_around(frame.filename, line),
            "own": own,
        }


def _type_of(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    )


def _message(error: BaseException) -> str:
    try:
        if isinstance(error, SystemExit):
            return f"the script ended itself by sys.exit({error.code!r})"
        return str(error)
    except Exception as broken:  # a __str__ of the script's own that fails
        return f"(its message cannot be shown: {type(broken).__name__})"


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame on that is not Quarterdeck's."""
    first = trace
    while first is not None and _is_ours(first.tb_frame.f_code.co_filename):
        first = first.tb_next
    return first


def cut_ours(error: BaseException) -> None:
    """Let the traceback end in the last frame that is not Quarterdeck's: where the code was that was interrupted."""
    last, each = None, error.__traceback__
    while each is not None:
        last = last if _is_ours(each.tb_frame.f_code.co_filename) else each
        each = each.tb_next
    if last is not None:
        last.tb_next = None


def _is_ours(file: str) -> bool:
    return file.startswith(_OURS + os.sep) or file.startswith("<frozen importlib")


def _formatted(error: BaseException, shown: TracebackType | None) -> str:
    try:
        return "".join(tracebacks.format_exception(type(error), error, shown))
    except Exception as broken:  # an exception of the script's own may fail in any of its methods
        return f"{_type_of(error)}: {_message(error)}\n(the traceback cannot be shown: {type(broken).__name__})\n"


def _chosen(frames: list[tracebacks.FrameSummary]) -> list[tracebacks.FrameSummary]:
    """The outermost and the innermost ones, if a recursion made them too many."""
    return frames if len(frames) <= FRAMES else frames[: FRAMES // 3] + frames[-(FRAMES - FRAMES // 3) :]


def _code_around(file: str, line: int) -> list[list[Any]]:
    linecache.checkcache(file)
    return lines_around(file, line, AROUND, LINE)


def _cut(text: str, most: int) -> str:
    """The beginning and the end; lone surrogates are replaced."""
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= most:
        return text
    return f"{text[: most // 3]}\n... {len(text) - most:,} characters left out ...\n{text[-(most - most // 3) :]}"
