"""What a worker that died has left in its files: the log of its run, and what went past Python to descriptors 1 and 2.

A process that ends by itself has not sent its last lines; its files have them, and the trace of a fatal fault as well.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.core.topics import segment
from quarterdeck.hub.logs import read_log
from quarterdeck.hub.process import LARGEST_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OUTPUT = "output.log"
BEGUN = "begun"
MOST = 32_000
"""Bytes from the end of a file that are read."""
LINES = 60
TAIL = 200
LONGEST = 2_000
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)
_THREAD = re.compile(r"^(?:Current thread|Thread) .*$", re.MULTILINE)
_AROUND = 3


class Begin(NamedTuple):
    """The begin of a run, as its worker noted it: when (UTC microseconds), and where its lines begin in two files."""

    started: int
    log: int
    output: int


class WorkerFiles:
    """Of one script's workers, or of the process that has the run ``beside`` them; ``logs`` is the deck's folder."""

    def __init__(self, logs: Path, script: str, beside: str = "") -> None:
        self._logs = logs
        self._place = f"script/{segment(script)}"
        self._own = f"{self._place}/beside/{beside}" if beside else self._place
        self._ending = f".{beside}.log" if beside else ".log"
        self.began = 0
        self._run_began = 0
        self._seen = 0
        self._log: dict[str, Any] = {}

    @property
    def output_file(self) -> Path:
        """Where descriptors 1 and 2 of its workers go."""
        return self._logs / self._own / OUTPUT

    def begin_worker(self) -> None:
        """A worker is about to start: what is in the file by now is of others before it."""
        self.began = self._run_began = _size(self.output_file)

    def begin_run(self, now: int) -> None:
        """The worker is about to get a run, ``now`` in UTC microseconds."""
        name = self._log_of(now)
        # Joined as texts: paths cost more than the look, and this is done for each few runs.
        self._log = {"file": name, "from": _size(f"{self._logs}/{name}")}
        self._run_began = _size(f"{self._logs}/{self._own}/{OUTPUT}")

    def has_grown(self) -> bool:
        """Whether something was written past Python since this was asked last."""
        before, self._seen = self._seen, _size(self.output_file)
        return self._seen != before

    def begun(self) -> dict[str, Begin]:
        """The runs that the last worker began, the newest thousands: it notes each before it calls a hook."""
        try:
            lines = (self._logs / self._own / BEGUN).read_text("ascii").splitlines()
        except OSError:
            return {}
        noted = [line.split() for line in lines]
        return {run: Begin(*map(int, facts)) for run, *facts in noted if len(facts) == len(Begin._fields)}

    def is_too_large(self) -> bool:
        """Whether the workers' output has grown beyond what is kept."""
        return _size(self.output_file) > LARGEST_OUTPUT

    def bound(self) -> None:
        """Cut the workers' output to its last lines; what still writes to it appends, so it goes on."""
        size = _size(self.output_file)
        kept = _last_lines(self.output_file, 0)
        os.truncate(self.output_file, 0)
        with self.output_file.open("a", encoding="utf-8") as file:
            file.write(f"(cut: {size:,} bytes were more than is kept; the last lines were)\n{kept}\n")

    def output(self) -> str:
        """The last lines that the present worker wrote past Python, or Python itself as it died."""
        return _last_lines(self.output_file, self.began)

    def of_run(self, values: Mapping[str, Any], path: Path, begin: Begin | None = None) -> dict[str, Any]:
        """Fields of a run whose worker died in it, as far as they can be told; ``values`` is what is known of it."""
        known = {"file": self._log_of(begin.started), "from": begin.log} if begin else self._log
        log = dict(values.get("log") or known)
        fields = self._of_log(log) if log else {}
        if begin and "started" not in values:
            fields["started"] = begin.started
        text = _last_lines(self.output_file, max(self.began, begin.output if begin else self._run_began))
        if text:
            fields["traceback"] = text
        frames = frames_of(text, path)
        return {**fields, "frames": frames} if frames else fields

    def _log_of(self, moment: int) -> str:
        return f"{self._place}/{time.strftime('%Y-%m-%d', time.gmtime(moment // 1_000_000))}{self._ending}"

    def _of_log(self, log: dict[str, Any]) -> dict[str, Any]:
        log["to"] = _size(self._logs / log["file"])
        start = max(int(log["from"]), log["to"] - MOST)
        try:
            lines = read_log(self._logs, log, start=start).lines
        except (OSError, ValueError):
            return {}
        if start > int(log["from"]):
            lines = lines[1:]  # it was cut
        told: dict[str, Any] = {
            "log": log,
            "tail": [[e["time"], e["source"], e["text"][:LONGEST]] for e in lines][-TAIL:],
        }
        return {**told, "log_lines": len(lines)} if start == int(log["from"]) else told


def frames_of(text: str, path: Path) -> list[dict[str, Any]]:
    """The frames of the thread at fault, outermost first, as a run's topic has them; none if it is no such trace."""
    thread = _THREAD.search(text)
    if thread is None or not text[thread.start() :].startswith("Current"):
        thread = next((each for each in _THREAD.finditer(text) if each[0].startswith("Current")), thread)
    if thread is None:
        return []
    following = _THREAD.search(text, thread.end())
    trace = text[thread.end() : following.start() if following else len(text)]
    frames = [_frame(found[1], int(found[2]), found[3], path) for found in _FRAME.finditer(trace)]
    own = [i for i, frame in enumerate(frames) if frame["own"]]
    # Beneath the script's outermost frame there is only the worker.
    return frames[: own[-1] + 1][::-1] if own else []


def _frame(file: str, line: int, name: str, path: Path) -> dict[str, Any]:
    folder = os.path.realpath(path if path.is_dir() else path.parent)
    real = os.path.realpath(file)
    own = real.startswith(folder + os.sep)
    code = _code_around(real, line) if own else []
    return {
        "file": os.path.relpath(real, folder) if own else file,
        "line": line,
        "name": name,
        "code": code,
        "own": own,
    }


def _code_around(file: str, line: int) -> list[list[Any]]:
    first = max(1, line - _AROUND)
    try:
        with open(file, encoding="utf-8", errors="replace") as source:
            lines = [text.rstrip("\n")[:300] for number, text in enumerate(source, 1) if number <= line + _AROUND]
    except OSError:
        return []
    return [[first + i, text] for i, text in enumerate(lines[first - 1 :])]


def _last_lines(file: Path, begin: int) -> str:
    """At most ``LINES`` lines from the end, none from before ``begin``."""
    size = _size(file)
    if size < begin:
        begin = 0  # a new file was begun
    start = max(begin, size - MOST)
    try:
        with file.open("rb") as source:
            source.seek(start)
            text = source.read(size - start).decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.strip("\n").split("\n")[-LINES:])


def _size(file: Path | str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return 0
