"""Reads logs: a script's worker appends lines to one file a day, and a run is a range of bytes of such a file.

A program under ``quarterdeck run`` has a file of its own.

A line is ``2026-11-21T09:09:39.123456Z O text``; a line that does not begin so belongs to the one above it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.hub.private import private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any, BinaryIO

LINES = 1000
"""How many lines one answer has at most."""
MOST_READ = 32 * 2**20
"""How many bytes are searched for one answer."""
MOST_LINES = 10_000
LARGEST = 65 << 20
"""Bytes of a log that is sent here; who sends it writes no more than 64 MiB and a line that says so."""
_LONGEST_LINE = 1 << 16
_LINE = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})Z (O|E|C|L:[A-Z0-9_]+) ?(.*)", re.DOTALL)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\.log")
_OLD = re.compile(r"(\d{4}-\d\d-\d\d)(\.[0-9a-z]+)?\.log")  # also of a run beside the script's worker
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class LogPage(NamedTuple):
    """``lines`` are {"at": byte, "time": UTC microseconds or None, "source", "text"}, oldest first.

    ``next`` is the byte to ask for next, ``end`` the byte where the log ends so far.
    """

    lines: list[dict[str, Any]]
    next: int
    end: int


def read_log(
    folder: Path, log: Mapping[str, Any], *, start: int | None = None, limit: int = LINES, search: str = ""
) -> LogPage:
    """Some lines of one run.

    ``folder`` is the deck's folder of logs, ``log`` the run's field: {"file", "from", "to"}; without "to" the run goes
    on.  ``start`` is a byte of the file (default: where the run begins), ``search`` keeps the lines that contain it,
    whatever the case.  Raises FileNotFoundError if the file was removed with age, ValueError if the name leads out of
    the folder.
    """
    path = _inside(folder, str(log["file"]))
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        size = file.seek(0, 2)
        begin = _byte(log.get("from")) or 0
        to = _byte(log.get("to"))
        end = _whole(file, begin, size) if to is None else min(size, to)
        first = begin if start is None else max(begin, min(start, end))
        return _page(file, first, end, max(1, min(limit, MOST_LINES)), search.lower())


def days_of(folder: Path, script: str) -> list[str]:
    """The files of a script's log, as ``read_log`` takes them, oldest first; ``script`` is the encoded name."""
    place = _inside(folder, f"script/{script}")
    found = sorted(path.name for path in place.glob("*.log") if _DAY.fullmatch(path.name)) if place.is_dir() else []
    return [f"script/{script}/{name}" for name in found]


def old_logs(folder: Path, place: str, moment: int) -> list[tuple[str, int]]:
    """Logs of the days before the one of ``moment`` (microseconds UTC), with their bytes.

    ``place`` is where they lie: the topic of a script, or ``job`` for those of programs.
    """
    day = (_EPOCH + moment * _MICROSECOND).strftime("%Y-%m-%d")
    inside = _inside(folder, place)
    found = sorted(inside.glob("*.log")) if inside.is_dir() else []
    old = [path for path in found if (named := _OLD.fullmatch(path.name)) and named[1] < day]
    return [(f"{place}/{path.name}", path.stat().st_size) for path in old]


def remove_before(folder: Path, place: str, moment: int) -> tuple[int, int]:
    """Remove what ``old_logs`` names; how many files and bytes went."""
    old = old_logs(folder, place, moment)
    for name, _ in old:
        (folder / name).unlink(missing_ok=True)
    return len(old), sum(size for _, size in old)


def append_log(folder: Path, name: str, at: int, piece: bytes) -> int:
    """Write a piece, which stands at byte ``at``, to the end of a log; what is there already is not written again.

    The byte from which there is nothing, where to go on: behind the piece, or before it if something between is
    missing, or where the log is full.
    """
    path = _inside(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab", opener=private) as file:
        size = file.tell()
        if at <= size:
            file.write(piece[size - at :][: max(0, LARGEST - size)])
        return file.tell()


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"the log {name!r} is not in the deck's folder of logs")
    return path


def _byte(value: Any) -> int | None:
    """What a producer says may be anything."""
    return value if type(value) is int and value >= 0 else None


def _page(file: BinaryIO, first: int, end: int, limit: int, search: str) -> LogPage:
    lines: list[dict[str, Any]] = []
    for at, raw in _raw_lines(file, first, end):
        if len(lines) == limit or at - first >= MOST_READ:
            return LogPage(lines, at, end)
        if not search or search in raw.decode("utf-8", "replace").lower():
            lines.append({"at": at, **_parsed(raw)})
    return LogPage(lines, end, end)


def _whole(file: BinaryIO, begin: int, size: int) -> int:
    """Where the last whole line ends: one that is still being written is left for later."""
    start = max(begin, size - _LONGEST_LINE)
    file.seek(start)
    last = file.read(size - start).rfind(b"\n")
    return start + last + 1


def _raw_lines(file: BinaryIO, first: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Each line's first byte and its bytes; one that is too long comes in pieces, so that memory is bounded."""
    file.seek(first)
    at = first
    while at < end:
        raw = file.readline(min(_LONGEST_LINE, end - at))
        if not raw:
            return
        yield at, raw
        at += len(raw)


def _parsed(raw: bytes) -> dict[str, Any]:
    found = _LINE.match(raw.rstrip(b"\r\n"))
    if found is None:
        return {"time": None, "source": None, "text": raw.rstrip(b"\r\n").decode("utf-8", "replace")}
    time = datetime.fromisoformat(found[1].decode()).replace(tzinfo=UTC)
    return {
        "time": (time - _EPOCH) // _MICROSECOND,
        "source": found[2].decode(),
        "text": found[3].decode("utf-8", "replace"),
    }
