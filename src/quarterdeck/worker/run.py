"""One run: calls a hook, and tells how it went."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import threading

from quarterdeck.core.lifecycle import NEW, RUN
from quarterdeck.core.topics import join
from quarterdeck.sdk.jobs import process
from quarterdeck.worker.failure import Failure, cut_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from quarterdeck.core.clock import Clock
    from quarterdeck.sdk.components.component import Op
    from quarterdeck.worker.agenda import Turn
    from quarterdeck.worker.journal import Journal
    from quarterdeck.worker.output import Output
    from quarterdeck.worker.script import Script

    class Link(Protocol):
        """The part of the client that a run needs."""

        def emit(self, topic: str, ops: list[Op], name: str | None = None, at: int | None = None) -> None: ...

        def emit_all(self, events: list[tuple[str, list[Op], str | None]]) -> None: ...


class Interrupted(KeyboardInterrupt):
    """The hub ends this run.  It is raised inside the hook, so that what stands in ``finally`` is done."""


class Runner:
    """Runs hooks of one script, one at a time, on its ``panel``.  ``running`` is the id of the present run, or None.

    ``note`` writes down that a run begins, before its hook is called (see ``begun.py``).
    """

    def __init__(
        self,
        script: Script,
        link: Link,
        journal: Journal,
        output: Output,
        clock: Clock,
        path: str,
        note: Callable[..., None],
    ) -> None:
        self._note = note
        self._script = script
        self.panel = script.panel
        self._link = link
        self._journal = journal
        self._output = output
        self._clock = clock
        self._path = path
        self._began = 0.0
        self._pid = os.getpid()
        self.running: str | None = None
        self._inside = False  # in the hook's own code
        self._interrupted = False

    def hear(self, stored: dict[str, str | None]) -> None:
        """Runs beside this process have stored these, which the next run is to see; from another thread."""
        self._script.store.hear(stored)

    def interrupt(self, run: str | None) -> None:
        """End the present run if it is this one; from another thread.  The hub will say how it ended, and why."""
        if run is not None and run == self.running:
            self._interrupted = True
            # The signal wakes the hook from what it waits for; the handler raises, in the main thread.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    def check_interrupted(self) -> None:
        """Called by the handler of that signal."""
        if self._interrupted and self._inside:
            raise Interrupted("the hub ended this run")

    def run(self, turn: Turn) -> str:
        """Call a hook as a run (``turn``: see ``Turn.plain``): the state it ends in.  KeyError: no such hook.

        The run's end and what the store keeps become durable together, or not at all.
        """
        run, args = turn["run"], turn.get("args") or {}
        calls = self._script.hooks.calls_of(turn["hook"], self.panel, args)
        self._script.store.learn()
        self.running = run
        process.begin_run(run)
        self._began = self._clock.monotonic()
        self._output.finish()  # what came since the run before is not of this one
        now = self._clock.now()
        log = self._journal.begin(run, now)
        self._note(run, now, log["from"], self._output.spilled)
        self._link.emit(f"run/{run}", _begin(turn, self._script.version, now, self._pid, log))
        self.panel.args = args
        failure = self._call(calls)
        self._output.finish()
        if os.getpid() != self._pid:
            self._end_child(failure)
        if self._interrupted:
            self._link.emit(join("run", run), _where(failure))
        elif failure is None:
            self._end(run, "done", "the hook returned", [], self._script.store.commit())
        else:
            self._script.store.restore()
            reason = f"{failure.error['type']}: {failure.error['message']}".splitlines()[0][:300].rstrip(": ")
            self._end(run, "failed", reason, _told(failure), [])
        self.running = None
        process.end_run()
        if self._interrupted:
            return "interrupted"
        return "done" if failure is None else "failed"

    def give_up(self, reason: str) -> None:
        """End the present run from another thread: the process is about to end under it."""
        if self.running is not None:
            self._output.finish()
            self._end(self.running, "lost", reason, [], [])
            self.running = None

    def _end_child(self, failure: Failure | None) -> None:
        """A child that the hook forked has come back from it: it ends here, there must be one worker only."""
        for line in failure.traceback.splitlines() if failure else ():
            self._journal.take("E", line)
        os._exit(0 if failure is None else 1)

    def _call(self, calls: list[Callable[[], Any]]) -> Failure | None:
        try:
            self._inside = True
            for call in calls:
                result = call()
                if inspect.iscoroutine(result):
                    asyncio.run(result)
            self._inside = False
        except BaseException as error:
            self._inside = False
            if isinstance(error, Interrupted):
                cut_ours(error)
            # sys.exit() and Ctrl-C inside a hook end the run, never the worker.
            if isinstance(error, SystemExit) and error.code in (None, 0):
                return None
            return Failure(error, self._path)
        return None

    def _end(self, run: str, state: str, reason: str, told: list[Op], kept: list[Op]) -> None:
        if self.running != run:
            return  # given up meanwhile
        duration = round((self._clock.monotonic() - self._began) * 1_000_000)
        ops: list[Op] = [
            ["set", "state", state],
            ["set", "reason", reason],
            ["set", "ended", self._clock.now()],
            ["set", "duration", duration],
            ["set", "log", self._journal.end()],
            ["set", "log_lines", self._journal.lines],
            *told,
        ]
        events: list[tuple[str, list[Op], str | None]] = [(f"run/{run}", ops, f"run.{state}")]
        topic = join("script", self._script.name)
        if kept:
            events.append((f"{topic}/store", kept, None))
        if state == "done" and self._script.unkept_is_new():
            events.append((topic, [["set", "unkept", self._script.store.unkept]], None))
        self._link.emit_all(events)


def _where(failure: Failure | None) -> list[Op]:
    """Where an interrupted run was; its error is said by the hub."""
    return [op for op in _told(failure) if op[1] != "error"] if failure else [["set", "traceback", None]]


def _begin(turn: Turn, version: str, now: int, pid: int, log: dict[str, Any]) -> list[Op]:
    before = NEW if turn["cause"] == "schedule" else "waiting"
    # The state comes last: what the hub looks for in all that a short run tells, it looks for from the end.
    return [
        ["set", "reason", RUN.change(before, "running")],
        ["set", "started", now],
        ["set", "late", max(0, now - turn["due"])],
        ["set", "pid", pid],
        ["set", "version", version],
        ["set", "log", log],
        ["set", "state", "running"],
    ]


def _told(failure: Failure) -> list[Op]:
    return [
        ["set", "error", failure.error],
        ["set", "traceback", failure.traceback],
        ["set", "frames", failure.frames],
    ]
