"""The worker of one script: takes the hub's calls, and does them one after the other in the main thread."""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import threading

from quarterdeck.worker.agenda import Agenda
from quarterdeck.worker.answers import Answers
from quarterdeck.worker.broken import Broken
from quarterdeck.worker.inputs import Inputs
from quarterdeck.worker.journal import Journal
from quarterdeck.worker.output import Output
from quarterdeck.worker.run import Runner
from quarterdeck.worker.script import Script
from quarterdeck.worker.spill import Spill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.clock import Clock
    from quarterdeck.sdk.calls import Call
    from quarterdeck.sdk.client import Client
    from quarterdeck.worker.agenda import Turn
    from quarterdeck.worker.begun import Begun
    from quarterdeck.worker.logfile import LogFile

    Connect = Callable[[Callable[[], dict[str, Any]], Callable[[Call], None]], Client]

PATIENCE = 10.0
"""Seconds that a run may go on after the worker was told to end."""
ALONE = 600.0
"""Seconds without a hub after which a worker ends."""
TOGETHER = 0.05
"""Seconds that what a run tells may wait for the runs behind it."""
LOOK = 5.0
HANGS = 110.0
"""Seconds of loading after which the worker says where it is; the hub ends it after 120."""


class Worker:
    """``serve`` is its life.  ``connect(state, take)`` makes its client: what its hello tells, and who takes calls.

    ``spill`` is the file to which the descriptors 1 and 2 lead.
    """

    def __init__(
        self,
        connect: Connect,
        name: str,
        path: str,
        file: LogFile,
        begun: Begun,
        clock: Clock,
        spill: str | None = None,
    ) -> None:
        self._name = name
        self._path = path
        self._clock = clock
        self._started = clock.now()
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._agenda = Agenda(clock)
        self._answers = Answers()
        self._begun = begun
        self._inputs = Inputs()
        self._runner: Runner | None = None
        self._loaded: str | None = None
        self._ending = False
        self._heard = clock.monotonic()
        self._client = connect(self.state, self.take)
        self._journal = Journal(self._client, file, clock)
        self.output = Output(self._journal.take, Spill(spill, self._journal.take) if spill else None)

    def state(self) -> dict[str, Any]:
        """The run that goes on, those to come, the version that is loaded, and which process this is."""
        return {
            "run": self._runner.running if self._runner else None,
            "held": self._agenda.held(),
            "loaded": self._loaded,
            "pid": os.getpid(),
            "start_time": self._started,
        }

    def take(self, call: Call) -> None:
        """Accept a call; this is the client's thread, so it only queues."""
        take = _CALLS.get(call.name)
        if take is None:
            call.fail("unknown-call", f"a worker has no call {call.name!r}", f"it takes {', '.join(_CALLS)}")
        else:
            take(self, call)

    def _take_load(self, call: Call) -> None:
        self._calls.put(call)

    def _take_run(self, call: Call) -> None:
        self._answers.expect(call, [turn["run"] for turn in call.args["turns"]])
        self._agenda.add(call.args["turns"])
        self._calls.put(None)

    def _take_recall(self, call: Call) -> None:
        back = self._agenda.give_back(call.args["runs"])
        call.reply({"runs": back})
        for run in back:
            self._answers.over(run)

    def _take_input(self, call: Call) -> None:
        self._inputs.put(call.args["component"], call.args["value"])
        call.reply({})
        self._calls.put(None)

    def _take_store(self, call: Call) -> None:
        if self._runner is not None:
            self._runner.hear(call.args["values"])
        call.reply({})

    def _take_output(self, call: Call) -> None:
        self.output.drain()
        call.reply({})

    def _take_stop(self, call: Call) -> None:
        self._ending = True
        call.reply({})
        self._calls.put(None)
        if self._runner is not None:
            self._runner.interrupt(call.args.get("run"))

    def serve(self) -> None:
        """Do calls until told to end, or until there has been no hub for ten minutes."""
        while not self._ending:
            self.run_due()
            try:
                call = self._calls.get(timeout=self._agenda.wait(LOOK))
            except queue.Empty:
                call = None
            if call is not None:
                self.load(call)
            else:
                self.take_inputs()
            if self._client.connected:
                self._heard = self._clock.monotonic()
            elif self._clock.monotonic() - self._heard > ALONE:
                self._journal.take("E", "the worker ends: there has been no hub for ten minutes")
                self._ending = True

    def run_due(self) -> None:
        """Run what is due, one after the other; not the rest once the worker is to end.

        What runs that follow each other tell goes to the hub together: each message would take time from the next.
        """
        held = False
        while not self._ending and (turn := self._agenda.take()) is not None:
            if not held and self._agenda.is_due():
                self._client.hold(TOGETHER)
                held = True
            self._run(turn)
        if held:
            self._client.let_go()

    def load(self, call: Call) -> None:
        """Load the script and answer how that went."""
        try:
            call.reply(self._load(call.args))
        except Broken as broken:
            call.fail("broken", broken.message, broken.hint, **broken.fields())

    def take_inputs(self, run: dict[str, Any] | None = None) -> None:
        """Let the components have what viewers did to them; ``run`` are the arguments of the run that begins."""
        if self._runner is not None:
            for words in self._inputs.apply(self._runner.panel.components, run):
                self._journal.take("E", words)

    def end_by_signal(self, number: int, _frame: object = None) -> None:
        """End after the present run, or after ten seconds; a signal handler.  It also ends a run that is to end now."""
        if self._runner is not None:
            self._runner.check_interrupted()
        if not self._ending:
            self._ending = True
            timer = threading.Timer(PATIENCE, self._end_now, [signal.Signals(number).name])
            timer.daemon = True
            timer.start()
        self._calls.put(None)

    def forget(self) -> None:
        """In a forked child, which is not the worker: it prints into the same log, and sends nothing to the hub."""
        self._journal.forget()
        self._client.close(0)

    def _end_now(self, name: str) -> None:
        if self._runner is not None:
            self._runner.give_up(f"its worker was told to end by {name}, and it did not return within {PATIENCE:g} s")
        self._client.close(2.0)
        os._exit(1)

    def _load(self, args: dict[str, Any]) -> dict[str, Any]:
        self._runner, self._loaded = None, None
        # The hub gives up soon after; then the place where it hangs is in the worker's output.
        faulthandler.dump_traceback_later(HANGS, file=2)
        try:
            script = Script(self._name, self._path, args["version"], args.get("store") or {})
        finally:
            faulthandler.cancel_dump_traceback_later()
        self.output.finish()
        script.show(self._client, args.get("panel") or {}, fresh=bool(args.get("setup")))
        self._runner = Runner(
            script, self._client, self._journal, self.output, self._clock, self._path, self._begun.note
        )
        self._loaded = script.version
        return script.describe()

    def _run(self, turn: Turn) -> None:
        run = turn["run"]
        try:
            if self._runner is None:
                raise KeyError(turn["hook"])
            self.take_inputs(turn.get("args"))
            self._answers.over(run, state=self._runner.run(turn))
        except KeyError as error:
            self._answers.over(run, refused=f"{self._name} has no hook {error}")
        except OSError as error:
            self._answers.over(run, refused=f"the log cannot be written: {error}")


_CALLS = {
    "load": Worker._take_load,
    "run": Worker._take_run,
    "recall": Worker._take_recall,
    "input": Worker._take_input,
    "store": Worker._take_store,
    "output": Worker._take_output,
    "stop": Worker._take_stop,
}
