"""The reporter: it knows the open jobs of this process, looks at them ten times a second, and sends what is new.

Nothing here runs in the loops that it reports of.  Opening and closing wake the one thread that tells everything.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque

from quarterdeck.core.topics import join
from quarterdeck.sdk import default
from quarterdeck.sdk.children import FIRST, at_child_exit
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.interrupt import interrupt
from quarterdeck.sdk.jobs import process
from quarterdeck.sdk.jobs.job import Job
from quarterdeck.sdk.jobs.opened import Open, ids, told_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.calls import Call
    from quarterdeck.sdk.jobs.job import Facts
    from quarterdeck.sdk.jobs.opened import Look, Over
    from quarterdeck.sdk.jobs.place import Place

LOOK = 0.1
"""Seconds between two looks at the open jobs, if not very many move."""
SELDOM = 1.0
"""Seconds between two looks, however many move."""
MOST = 2000
"""Moves of jobs that a process tells in a second: looking and telling take time from what is reported of."""
COMPANY = 0.02
"""Seconds that what opens or closes waits for others, to travel with them; where very many do, until the next look."""
CROWD = 20
"""So many are very many."""
HEARTBEAT = 4.0
"""Seconds between two signs of life of the process; after ten the hub of another machine believes it dead."""
MOST_PLACES = 1000
_RECENT = 256


def pace_of(moved: int) -> float:
    """Seconds from a look that found so many jobs moved to the next."""
    return min(SELDOM, max(LOOK, moved / MOST))


def company_of(waiting: int) -> float:
    """Seconds that the next that opens or closes waits for others, where so many have just done so together."""
    return COMPANY if waiting < CROWD else LOOK


class Reporter:
    """All jobs of this process.  Every method may be called from any thread, and none raises or waits for the hub."""

    def __init__(self) -> None:
        self.quiet = False  # is told of only once it has a bar
        self.forget(process.descent(_new_id()))

    def forget(self, descent: process.Descent | None = None) -> None:
        """Begin anew, with nothing open and nothing told: in a forked child, or for a test."""
        ids.begin()
        self._descent = descent or process.Descent(_new_id(), None, None)
        self._process: Job | None = None
        self._stopped = False
        self.moved = 0  # jobs, by the last look
        self._open: dict[Open, None] = {}
        self._nests = threading.local()
        self._news: deque[Open] = deque()
        self._places: set[str] = set()  # the ids of those that are told of
        self._left: deque[Open] = deque(maxlen=_RECENT)  # stopped; the error that did it may yet end the program
        self._lock = threading.RLock()  # for telling; what opens and closes needs none
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def told(self) -> bool:
        """Whether who started this process tells of it: it is a program under ``quarterdeck run``."""
        return self._descent.told

    # --- what users' threads call

    def open(
        self,
        look: Look,
        place: Place | None = None,
        *,
        over: Over | None = None,
        holds: bool = True,
        beside: object = None,
    ) -> Open:
        """A job begins; ``look`` gives its fields as of any moment and must be quick.

        ``over`` says how it ended (None: it has not), for jobs that nobody closes; it is told whether the process
        ends.  What its thread opens meanwhile is inside of it, unless it ``holds`` nothing, or both have the same
        ``beside``.
        """
        if self._process is None:
            self.appear()
        nest: list[Open] = self._nests.__dict__.setdefault("open", [])
        around = nest[-1] if nest else None
        if around is not None and beside is not None and around.beside == beside:
            around = around.around
        opened = Open(utc_now(), look, place, around)
        opened.over, opened.beside = over, beside
        if holds:
            opened.nest = nest
            nest.append(opened)
        self._open[opened] = None
        self._news.append(opened)
        self._wake()
        return opened

    def close(self, closed: Open, state: str, error: BaseException | Facts | None = None) -> None:
        """A job ended in this state; ``error`` is what brought it, or what is told of that."""
        if self._take(closed):
            self._end(closed, state, error)
            if state == "stopped":
                self._left.append(closed)
            self._wake()

    def is_open(self, opened: Open) -> bool:
        """Whether it has not ended."""
        return opened in self._open

    def note_death(self, error: BaseException, trace: TracebackType | None, *, of_process: bool) -> None:
        """An error ends a thread, or the program: the jobs whose frames it went through end with it."""
        state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        frames = []
        while trace is not None:
            frames.append(trace.tb_frame)
            trace = trace.tb_next
        with self._lock:
            # What was left has to be told before it can be told anew.
            self._tell_news()
            for known in [*self._open, *self._left]:
                if known.place is not None and any(known.place.is_frame(frame) for frame in frames):
                    self._take(known)
                    self._end(known, state, error)
            self._tell_news()
            if of_process:
                self._end_process(state, error)

    def _take(self, opened: Open) -> bool:
        """Let it be open no more; False if it was not."""
        if self._open.pop(opened, self) is self:
            return False
        nest = opened.nest
        if nest is not None:
            nest.remove(opened)
        return True

    def _end(self, ended: Open, state: str, error: BaseException | Facts | None) -> None:
        if self._stopped and state == "stopped":
            state = "interrupted"
        ended.end(state, error, utc_now())
        self._news.append(ended)

    # --- the process

    def _begin_process(self, now: int) -> Job:
        descent = self._descent
        own = self._process = Job(descent.id, now)
        # After the client's own, which comes with the first use of it: what is registered last runs first.
        default.current()
        atexit.register(self.finish)
        if not descent.told:
            place = {**descent.facts(), "parent": descent.parent, "role": "worker" if descent.parent else "program"}
            _emit(own, own.begin({**process.facts(), **place, "seen": now}, now), "job.started")
        descent.tell()
        return own

    @harmless
    def finish(self) -> None:
        """The process ends: whatever is open was left, and all is told."""
        with self._lock:
            for left in list(self._open):
                end = left.over(True) if left.over is not None else None
                self.close(left, *(end or ("stopped",)))
            self._tell_news()
            self._end_process("done")

    def _end_process(self, state: str, error: BaseException | None = None) -> None:
        if self._process is None:
            return
        facts = {} if error is None else told_of(error)
        if self._descent.told:
            _emit(self._process, self._process.tell(facts, utc_now()))
            return
        state = "interrupted" if self._stopped else state
        _emit(self._process, self._process.end(state, facts, utc_now()), f"job.{state}")

    @harmless
    def dismiss(self, pids: list[int]) -> None:
        """This process has ended these children itself: they need not be missed."""
        with self._lock:
            if self._process is not None and pids:
                _emit(self._process, [["put", "dismissed", {str(pid): utc_now() for pid in pids}]])

    def leave(self) -> bool:
        """Tell the hub the end of everything, and begin anew with the next; True if it may be stopped."""
        self.finish()
        with self._lock:
            stops, woken = self._descent.stops, self._woken
            self._descent.untell()
            self.forget()
        woken.set()
        return stops

    @harmless
    def allow_stop(self) -> None:
        """Let this program be stopped from the hub; again, or in a process that another program started, no effect."""
        with self._lock:
            descent = self._descent
            if descent.stops or descent.parent is not None:
                return
            descent.stops = True
            default.claim(join("job", descent.id), self._on_call)
            if self._process is None:
                self._begin_process(utc_now())
            else:
                _emit(self._process, self._process.tell({"stops": True}, utc_now()))
                descent.tell()

    def _on_call(self, call: Call) -> None:
        if call.name != "stop":
            call.fail("unknown", f"{call.topic} has no call {call.name!r}", "it has: stop")
            return
        self._stopped = True
        call.reply()
        interrupt()

    def begin(self) -> None:
        """Tell of this process before it has a bar, unless it is ``quiet``."""
        if not self.quiet:
            self.appear()

    @harmless
    def appear(self) -> None:
        """Tell of this process: its bars, and the processes that it forks, stand under it."""
        with self._lock:
            if self._process is None:
                self._begin_process(utc_now())

    def forked(self) -> None:
        """In a forked child: what is open is the parent's to tell."""
        self.forget(self._descent.child(_new_id()))

    # --- the thread

    def _wake(self) -> None:
        if self._thread is None:
            self._start()
        elif not self._woken.is_set():
            self._woken.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            thread = threading.Thread(target=self._watch, name="quarterdeck-jobs", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return  # The interpreter is shutting down; ``finish`` tells what there is to tell.
            self._thread = thread
            at_child_exit(FIRST, self.finish)

    def _watch(self) -> None:
        looked = beaten = time.monotonic()
        woken, pace, company = self._woken, LOOK, COMPANY
        while woken is self._woken:
            due = looked + pace if self._open else beaten + HEARTBEAT
            if woken.wait(max(0.0, due - time.monotonic())):
                # Where one is opened or closed, others often are.
                time.sleep(company)
                woken.clear()
            company = company_of(len(self._news))
            now = time.monotonic()
            if now >= looked + pace:
                looked = now
                self.look()
                pace = pace_of(self.moved)
            else:
                self.tell_news()
            if now >= beaten + HEARTBEAT:
                beaten = now
                self._beat()

    @harmless
    def tell_news(self) -> None:
        """Send what opened and closed."""
        with self._lock:
            self._tell_news()

    @harmless
    def look(self) -> None:
        """Send what is new of every open job, and what opened and closed."""
        with self._lock:
            self.moved = 0
            for opened in list(self._open):
                self._see_end(opened)
            self._tell_news()
            for opened in list(self._open):
                self._look_at(opened)

    @harmless
    def _see_end(self, opened: Open) -> None:
        end = opened.over(False) if opened.over is not None else None
        if end is not None:
            self.close(opened, *end)

    @harmless
    def _look_at(self, opened: Open) -> None:
        if opened.told and (ops := opened.job.tell(opened.look(), utc_now())):
            self.moved += 1
            _emit(opened.job, ops)

    def _tell_news(self) -> None:
        if not self._news:
            return
        process = self._descent.id
        shared: Event = [["set", field, value] for field, value in self._descent.facts().items()]
        shared.append(["set", "role", "bar"])
        while self._news:
            opened = self._news.popleft()
            try:
                place = None if opened.told or opened.place is None else self._tell_place(opened.place)
                told = opened.news(utc_now(), process, shared, place)
            except Exception:
                # It could not be looked at just now, and has yet to be told of.
                self._news.append(opened)
                raise
            _emit(opened.job, *told)

    def _tell_place(self, place: Place) -> str:
        """The id of the place, which is told of once."""
        described = place.described()
        if described.id not in self._places:
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
            self._places.add(described.id)
            ops: Event = [["set", field, value] for field, value in described.facts.items()]
            default.current().emit(described.topic, [*ops, ["set", "told", utc_now()]])
        return described.id

    def _beat(self) -> None:
        with self._lock:
            if self._process is not None and self._process.state == "running":
                now = utc_now()
                _emit(self._process, self._process.tell({"seen": now}, now))


def _emit(job: Job, ops: Event, name: str = "") -> None:
    if ops:
        default.current().emit(job.topic, ops, name or None)


def _new_id() -> str:
    return ids.make(utc_now())


reporter = Reporter()
at_fork(before=reporter.appear, in_child=reporter.forked)
