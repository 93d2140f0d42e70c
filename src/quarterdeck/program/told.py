"""What the hub is told of a program: that it runs, what it writes, how it ended; and its calls are taken."""

from __future__ import annotations

import os
import threading
import time

from quarterdeck.core.topics import new_id
from quarterdeck.sdk import default
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs import process
from quarterdeck.sdk.jobs.job import Job
from quarterdeck.sdk.jobs.process import Descent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.program.ended import Ended
    from quarterdeck.program.record import Record
    from quarterdeck.sdk.calls import Call

EVERY = 0.1
"""Seconds between two looks at what the program wrote."""
HEARTBEAT = 4.0
"""Seconds between two signs of life; after ten the hub of another machine believes it dead."""
TAIL = 200


class Told:
    """The job of one program.  ``descent`` is what its process is told of itself."""

    def __init__(self) -> None:
        now = utc_now()
        before = process.descent(new_id(now, int.from_bytes(os.urandom(6), "big")))
        self.descent = Descent(before.id, before.parent, before.program, stops=True, told=True)
        self.by: str | None = None
        self.stopped = False
        self._job = Job(self.descent.id, now)
        self._lines = 0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def id(self) -> str:
        """The job's."""
        return self.descent.id

    @harmless
    def begin(self, name: str, pid: int, log: dict[str, Any] | None, stop: Callable[[], None]) -> None:
        """The program runs; ``stop`` interrupts it."""

        def on_call(call: Call) -> None:
            if call.name != "stop":
                call.fail("unknown", f"{call.topic} has no call {call.name!r}", "it has: stop")
                return
            self.stopped = True
            call.reply()
            stop()

        default.claim(self._job.topic, on_call)
        parent = self.descent.parent
        place = {**self.descent.facts(), "parent": parent, "role": "worker" if parent else "program"}
        facts = {**process.facts(), "name": name, "pid": pid, **place, "run": os.environ.get(process.RUN), "log": log}
        self._emit(self._job.begin({**facts, "seen": self._job.started}, self._job.started), "job.started")

    def follow(self, record: Record) -> None:
        """Tell what is written as it comes, and that the program lives, until ``end``."""
        self._thread = threading.Thread(target=self._follow, args=(record,), name="quarterdeck-told", daemon=True)
        self._thread.start()

    @harmless
    def end(self, ended: Ended, record: Record, log: dict[str, Any] | None) -> None:
        """The program has ended, and all that it wrote is recorded."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._tell(record)
        facts = {"code": ended.code, "hint": ended.hint or None, "log": log}
        ops = self._job.end(ended.state, {name: value for name, value in facts.items() if value is not None}, utc_now())
        self._emit([*ops, ["set", "reason", ended.reason]], f"job.{ended.state}")

    def _follow(self, record: Record) -> None:
        beaten = time.monotonic()
        while not self._over.wait(EVERY):
            self._tell(record)
            if time.monotonic() >= beaten + HEARTBEAT:
                beaten = time.monotonic()
                self._emit(self._job.tell({"seen": utc_now()}, utc_now()))

    @harmless
    def _tell(self, record: Record) -> None:
        rows = record.news()
        if rows:
            self._emit([["push", "tail", rows, TAIL], *self._job.tell({"log_lines": record.lines}, utc_now())])

    def _emit(self, ops: Event, name: str | None = None) -> None:
        if ops:
            default.current().emit(self._job.topic, ops, name)
