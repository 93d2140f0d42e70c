"""The reporter: it knows the open jobs of this process, looks at each ten times a second, and sends what is new.

Nothing here runs in the loops that it reports of.  Opening and closing go out at once, from the thread that does it;
everything in between is looked at by one thread.
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import threading
import time
from collections import deque

from quarterdeck.core.topics import new_id
from quarterdeck.sdk import default
from quarterdeck.sdk.jobs import process
from quarterdeck.sdk.jobs.job import Job
from quarterdeck.sdk.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, ParamSpec

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.jobs.job import Facts
    from quarterdeck.sdk.jobs.place import Place

    Look = Callable[[], Facts]
    _P = ParamSpec("_P")

LOOK = 0.1
"""Seconds between two looks at the open jobs."""
HEARTBEAT = 4.0
"""Seconds between two signs of life of the process; after ten the hub of another machine believes it dead."""
_RECENT = 256
_TRACEBACK = 16_000
_report = Report()


def harmless(work: Callable[_P, None]) -> Callable[_P, None]:
    """Nothing that goes wrong while a program is watched may go wrong in it: the first errors are said, no more."""

    @functools.wraps(work)
    def tried(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            work(*args, **kwargs)
        except Exception as error:
            _report("progress", f"{type(error).__name__}: {error} (the program goes on, its progress may not be seen)")

    return tried


class Open:
    """One open job, ``look`` says how far it is.  ``thread`` opened it, at ``place`` (None: not known)."""

    __slots__ = ("job", "look", "place", "thread")

    def __init__(self, job: Job, look: Look, place: Place | None) -> None:
        self.job = job
        self.look = look
        self.place = place
        self.thread = threading.get_ident()


class Reporter:
    """All jobs of this process.  Every method may be called from any thread, and none raises or waits for the hub."""

    def __init__(self) -> None:
        self.run: str | None = None  # the run of a script that is going on here
        self.forget(process.descent(_new_id(_now())))

    def forget(self, descent: process.Descent | None = None) -> None:
        """Begin anew, with nothing open and nothing told: in a forked child, or for a test."""
        self._descent = descent or process.Descent(_new_id(_now()), None, None)
        self._descent.tell()
        self._process: Job | None = None
        self._open: dict[str, Open] = {}
        self._left: deque[Open] = deque(maxlen=_RECENT)  # stopped; the error that did it may yet end the program
        self._places: deque[Open] = deque()
        self._lock = threading.RLock()
        self._opened = threading.Event()
        self._thread: threading.Thread | None = None

    # --- what users' threads call

    def open(self, look: Look, place: Place | None = None) -> Open:
        """A job begins; ``look`` gives its fields as of any moment and must be quick."""
        now = _now()
        with self._lock:
            own = self._process or self._begin_process(now)
            opened = Open(Job(_new_id(now), now), look, place)
            nested = [other.job.id for other in self._open.values() if other.thread == opened.thread]
            parent = nested[-1] if nested else own.id
            facts = {**look(), "role": "bar", "program": self._descent.program, "process": own.id, "parent": parent}
            if self.run is not None:
                facts["run"] = self.run
            _emit(opened.job, opened.job.begin(facts), "job.started")
            self._open[opened.job.id] = opened
            if place is not None:
                self._places.append(opened)
        self._wake()
        return opened

    def close(self, closed: Open, state: str, error: BaseException | None = None) -> None:
        """A job ended in this state."""
        with self._lock:
            if self._open.pop(closed.job.id, None) is None:
                return
            _emit(closed.job, closed.job.end(state, {**closed.look(), **_error(error)}, _now()), f"job.{state}")
            if state == "stopped":
                self._left.append(closed)

    def note_death(self, error: BaseException, trace: TracebackType | None, *, of_process: bool) -> None:
        """An error ends a thread, or the program: the jobs whose frames it went through end with it."""
        state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        frames = []
        while trace is not None:
            frames.append(trace.tb_frame)
            trace = trace.tb_next
        now = _now()
        with self._lock:
            for known in [*self._open.values(), *self._left]:
                if known.place is not None and any(known.place.is_frame(frame) for frame in frames):
                    self._open.pop(known.job.id, None)
                    _emit(known.job, known.job.end(state, {**known.look(), **_error(error)}, now), f"job.{state}")
            if of_process and self._process is not None:
                _emit(self._process, self._process.end(state, _error(error), now), f"job.{state}")

    # --- the process

    def _begin_process(self, now: int) -> Job:
        descent = self._descent
        own = self._process = Job(descent.id, now)
        # After the client's own, which comes with the first use of it: what is registered last runs first.
        default.current()
        atexit.register(self.finish)
        place = {"process": own.id, "parent": descent.parent, "program": descent.program}
        facts = {**process.facts(), **place, "role": "worker" if descent.parent else "program", "seen": now}
        _emit(own, own.begin(facts), "job.started")
        return own

    def finish(self) -> None:
        """The process ends: whatever is open was left, and all is told."""
        with self._lock:
            self._tell_places()
            for left in list(self._open.values()):
                self.close(left, "stopped")
            if self._process is not None:
                _emit(self._process, self._process.end("done", {}, _now()), "job.done")

    def forked(self) -> None:
        """In a forked child: what is open is the parent's to tell."""
        self.forget(self._descent.child(_new_id(_now())))

    # --- the thread

    def _wake(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._watch, name="quarterdeck-jobs", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return  # The interpreter is shutting down; ``finish`` tells what there is to tell.
            self._thread = thread
            _finish_with_multiprocessing(self)
        elif not self._opened.is_set():
            self._opened.set()

    def _watch(self) -> None:
        beat = time.monotonic()
        while True:
            if self._open:
                time.sleep(LOOK)
            else:
                self._opened.clear()
                if not self._open:
                    self._opened.wait(max(0.0, beat + HEARTBEAT - time.monotonic()))
            self.look()
            if time.monotonic() >= beat + HEARTBEAT:
                beat = time.monotonic()
                self._beat()

    @harmless
    def look(self) -> None:
        """Send what is new of every open job."""
        with self._lock:
            self._tell_places()
            now = _now()
            for opened in list(self._open.values()):
                _emit(opened.job, opened.job.tell(opened.look(), now))

    def _beat(self) -> None:
        with self._lock:
            if self._process is not None and self._process.state == "running":
                now = _now()
                _emit(self._process, self._process.tell({"seen": now}, now))

    def _tell_places(self) -> None:
        while self._places:
            opened = self._places.popleft()
            if opened.place is not None:
                _emit(opened.job, opened.job.tell(opened.place.facts(), _now()))


def _emit(job: Job, ops: Event, name: str | None = None) -> None:
    if ops:
        default.current().emit(job.topic, ops, name)


def _error(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    # Not at the top: it is for programs that fail.
    import traceback  # noqa: PLC0415

    text = "".join(traceback.format_exception(error))
    return {"error": {"type": type(error).__qualname__, "message": str(error)}, "traceback": text[-_TRACEBACK:]}


def _now() -> int:
    return time.time_ns() // 1000


def _new_id(now: int) -> str:
    return new_id(now, int.from_bytes(os.urandom(6), "big"))


def _finish_with_multiprocessing(reporter: Reporter) -> None:
    """A child of multiprocessing ends without ``atexit``; the client of it ends after this (a lower priority)."""
    standing, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if standing is not None and util is not None and standing.parent_process() is not None:
        util.Finalize(None, reporter.finish, exitpriority=10)


reporter = Reporter()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=reporter.forked)
