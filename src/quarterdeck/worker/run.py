"""One run: calls a hook, and tells how it went."""

from __future__ import annotations

import asyncio
import inspect
import os

from quarterdeck.core.topics import join
from quarterdeck.worker.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from quarterdeck.core.clock import Clock
    from quarterdeck.sdk.components.component import Op
    from quarterdeck.worker.journal import Journal
    from quarterdeck.worker.output import Output
    from quarterdeck.worker.script import Script

    class Link(Protocol):
        """The part of the client that a run needs."""

        def emit(self, topic: str, ops: list[Op], name: str | None = None, at: int | None = None) -> None: ...

        def emit_all(self, events: list[tuple[str, list[Op], str | None]]) -> None: ...


class Runner:
    """Runs hooks of one script, one at a time, on its ``panel``.  ``running`` is the id of the present run, or None."""

    def __init__(self, script: Script, link: Link, journal: Journal, output: Output, clock: Clock, path: str) -> None:
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

    def run(self, run: str, hook: str, args: dict[str, Any]) -> dict[str, Any]:
        """Call the hook ``hook`` as the run ``run``; the reply to the hub's call.  Raises KeyError for an unknown hook.

        The run's end and what the store keeps become durable together, or not at all.
        """
        calls = self._script.hooks.calls_of(hook, self.panel, args)
        self.running = run
        self._began = self._clock.monotonic()
        log = self._journal.begin(run)
        self._link.emit(join("run", run), [["set", "log", log], ["set", "pid", os.getpid()]])
        self.panel.args = args
        failure = self._call(calls)
        self._output.finish()
        if os.getpid() != self._pid:
            self._end_child(failure)
        if failure is None:
            self._end(run, "done", "the hook returned", [], self._script.store.commit())
        else:
            self._script.store.restore()
            reason = f"{failure.error['type']}: {failure.error['message']}".splitlines()[0][:300].rstrip(": ")
            self._end(run, "failed", reason, _told(failure), [])
        self.running = None
        return {"state": "done" if failure is None else "failed", "unkept": self._script.store.unkept}

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
            for call in calls:
                result = call()
                if inspect.iscoroutine(result):
                    asyncio.run(result)
        except BaseException as error:  # sys.exit() and Ctrl-C inside a hook end the run, never the worker
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
        events: list[tuple[str, list[Op], str | None]] = [(join("run", run), ops, f"run.{state}")]
        topic = join("script", self._script.name)
        if kept:
            events.append((f"{topic}/store", kept, None))
        if state == "done" and self._script.unkept_is_new():
            events.append((topic, [["set", "unkept", self._script.store.unkept]], None))
        self._link.emit_all(events)


def _told(failure: Failure) -> list[Op]:
    return [
        ["set", "error", failure.error],
        ["set", "traceback", failure.traceback],
        ["set", "frames", failure.frames],
    ]
