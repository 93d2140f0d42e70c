"""Keeps one script's worker as wanted: pure, told what happened and when, answers with what is to be done.

States and their changes are the table ``WORKER`` in ``core/lifecycle.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import NEW, WORKER
from quarterdeck.hub.scripts.workers.supervision import (
    Adopted,
    Close,
    Connected,
    Disconnected,
    EndRun,
    Event,
    Exited,
    Instruction,
    Interrupted,
    Kill,
    Load,
    Loaded,
    NotLoaded,
    Open,
    Overgrown,
    Prepare,
    Prepared,
    Rest,
    RunEnded,
    RunStarted,
    SetTimer,
    Spawn,
    Stop,
    Stopped,
    Timeout,
    Unprepared,
    Unwanted,
    Wanted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 30.0
LOAD_SECONDS = 120.0
STOP_SECONDS = 10.0
CANCEL_SECONDS = 2.0
RECONNECT_SECONDS = 5.0
PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
PREPARE_PAUSES = (30.0, 60.0, 300.0, 900.0)
"""Seconds until an environment that could not be made is tried again: the network may be back by then."""
HEALTHY_SECONDS = 60.0


class Supervisor:
    """One worker's life.  ``handle`` takes monotonic seconds."""

    __slots__ = (
        "_alive",
        "_broken",
        "_deaths",
        "_fault",
        "_interrupted",
        "_mend",
        "_silent",
        "_since",
        "_timer",
        "environment",
        "inside",
        "loaded",
        "run",
        "state",
        "wanted",
    )

    def __init__(self) -> None:
        self.state = NEW
        self.wanted: str | None = None
        self.environment = ""
        self.loaded: str | None = None
        self.run: str | None = None
        self._alive = False
        self.inside = ""  # the environment that the process runs in
        self._broken: str | None = None
        self._interrupted: Interrupted | None = None
        self._fault: str | None = None
        self._mend = ""  # of the fault
        self._silent = False
        self._deaths = 0
        self._since = 0.0
        self._timer = 0

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """What is to be done about this event."""
        return _HANDLERS[type(event)](self, event, now)

    # --- what is wanted

    def _on_wanted(self, event: Wanted, _now: float) -> list[Instruction]:
        fresh = (event.version, event.environment) != (self.wanted, self.environment)
        elsewhere = event.environment != self.environment
        self.wanted, self.environment = event
        anew = ("resting", "broken", "preparing") if elsewhere else ("resting", "broken")
        if self.state in (NEW, "stopped") or (self.state in anew and fresh):
            self._deaths = 0
            return self._spawn()
        return self._take_runs() if fresh and self.state in ("ready", "busy") and not self._silent else []

    def _on_unwanted(self, event: Unwanted, _now: float) -> list[Instruction]:
        self.wanted = None
        if self.state in (NEW, "stopped"):
            return []
        if not self._alive and self.state in ("preparing", "resting", "broken"):
            self._timer += 1
            self._become("stopped")
            return [Stopped()]
        self._fault = self._fault or event.reason
        return self._stop() if self.state != "stopping" else []

    def _on_interrupted(self, event: Interrupted, _now: float) -> list[Instruction]:
        if self.run is None or self.state != "busy":
            return []  # it has ended, or its worker is ending already
        self._interrupted = event
        self._become("stopping")
        return [Close(), Stop(event.run), self._set_timer(CANCEL_SECONDS)]

    def _on_overgrown(self, event: Overgrown, _now: float) -> list[Instruction]:
        if not self._alive:
            return []
        reason = f"its worker {event.reason}"
        self._fault, self._mend = self._fault or reason, self._mend or event.hint
        if self.run is None or self.state != "busy":
            return [Kill()]
        self._interrupted = Interrupted(self.run, reason, "failed", "OutOfMemory", event.hint)
        self._become("stopping")
        return [Close(), Kill()]

    # --- its environment

    def _on_prepared(self, event: Prepared, _now: float) -> list[Instruction]:
        return self._start() if self.state == "preparing" and event.environment == self.environment else []

    def _on_unprepared(self, event: Unprepared, _now: float) -> list[Instruction]:
        if self.state != "preparing" or event.environment != self.environment:
            return []
        pause = PREPARE_PAUSES[min(self._deaths, len(PREPARE_PAUSES) - 1)]
        self._deaths += 1
        self._become("resting")
        return [self._set_timer(pause)]

    # --- what the worker does

    def _on_adopted(self, event: Adopted, _now: float) -> list[Instruction]:
        self._become("adopted")
        self._alive = True
        self.inside = event.environment
        self._silent = True
        self.run = event.run
        return [self._set_timer(RECONNECT_SECONDS)]

    def _on_connected(self, event: Connected, now: float) -> list[Instruction]:
        self._silent = False
        self._timer += 1
        if self.state == "stopping":
            return [Stop(), self._set_timer(STOP_SECONDS)]
        if self.state == "loading" or (event.version is None and self.state not in ("starting", "adopted")):
            self._fault = "its worker lost its connection while it loaded"
            return [Kill()]
        if event.version is None and self.inside != self.environment:
            return self._stop()
        if event.version is None:
            self._become("loading")
            return [Load(self.wanted or ""), self._set_timer(LOAD_SECONDS)]
        self.loaded, self._since = event.version, now
        expected, self.run = self.run, event.run or self.run
        if self.state == "adopted":
            self._become("busy" if self.run else "ready")
        if event.run is None and expected is not None:
            # Its end is on the way, or the call never reached the worker: a short wait tells.
            return [self._set_timer(RECONNECT_SECONDS)]
        return self._take_runs()

    def _on_disconnected(self, _event: Disconnected, _now: float) -> list[Instruction]:
        if self.state not in ("loading", "ready", "busy", "stopping") or not self._alive:
            return []
        self._silent = True
        wait = [] if self.state == "stopping" else [self._set_timer(RECONNECT_SECONDS)]
        return [Close(), *wait]

    def _on_loaded(self, event: Loaded, now: float) -> list[Instruction]:
        if self.state != "loading":
            return []
        self.loaded, self._since = event.version, now
        self._timer += 1
        self._become("ready")
        return self._take_runs()

    def _on_not_loaded(self, event: NotLoaded, _now: float) -> list[Instruction]:
        if self.state != "loading":
            return []
        self._broken = event.version
        return self._stop()

    def _on_run_started(self, event: RunStarted, _now: float) -> list[Instruction]:
        self.run = event.run
        self._become("busy")
        return []

    def _on_run_ended(self, event: RunEnded, _now: float) -> list[Instruction]:
        if event.run != self.run:
            return []
        self.run = None
        if self.state != "busy":
            return []
        self._timer += 1
        self._become("ready")
        return self._take_runs()

    def _on_exited(self, event: Exited, now: float) -> list[Instruction]:
        if not self._alive:
            return []
        made = self._end_run(event)
        asked, loaded = self.state == "stopping", self.state not in ("starting", "loading")
        self._alive, self._silent, self.loaded = False, False, None
        fault, self._fault, self._interrupted = self._fault, None, None
        mend, self._mend = self._mend if fault else event.hint, ""
        self._timer += 1
        if asked:
            return [*made, *self._go_on()]
        if self._since and now - self._since > HEALTHY_SECONDS:
            self._deaths = 0
        pause = PAUSES[min(self._deaths, len(PAUSES) - 1)]
        self._deaths += 1
        self._since = 0.0
        self._become("resting")
        return [
            *made,
            Close(),
            Rest(pause, fault or f"its worker {event.reason}", loaded, mend),
            self._set_timer(pause),
        ]

    def _on_timeout(self, event: Timeout, _now: float) -> list[Instruction]:
        if event.number != self._timer:
            return []
        if self.state == "resting":
            return self._spawn()
        if self.state == "busy" and not self._silent and self.run:
            lost, self.run = self.run, None
            self._become("ready")
            return [EndRun(lost, "lost", "it never reached its worker"), *self._take_runs()]
        self._fault = self._fault or {
            "starting": f"its worker did not connect within {START_SECONDS:g} s",
            "loading": f"it did not finish loading within {LOAD_SECONDS:g} s",
            "stopping": f"its worker did not end within {STOP_SECONDS:g} s and was killed",
        }.get(self.state, f"its worker lost its connection and did not come back within {RECONNECT_SECONDS:g} s")
        return [Kill()]

    # --- inside

    def _take_runs(self) -> list[Instruction]:
        """The worker is ready or in a run: it takes runs, unless its version is not the wanted one."""
        if self.wanted is not None and (self.loaded, self.inside) == (self.wanted, self.environment):
            return [Open(self.wanted)]
        return [Close()] if self.state == "busy" else self._stop()

    def _spawn(self) -> list[Instruction]:
        self._timer += 1
        if not self.environment:
            return self._start()
        if self.state != "preparing":
            self._become("preparing")
        return [Prepare(self.environment)]

    def _start(self) -> list[Instruction]:
        self._become("starting")
        self._alive, self.inside = True, self.environment
        return [Spawn(), self._set_timer(START_SECONDS)]

    def _stop(self) -> list[Instruction]:
        if self.state == "starting":
            self._become("stopping")
            return [Close(), Kill()]
        self._become("stopping")
        return [Close(), Stop(), self._set_timer(STOP_SECONDS)]

    def _go_on(self) -> list[Instruction]:
        """The process that was asked to end has ended."""
        if self.wanted is None:
            self._become("stopped")
            return [Stopped()]
        if self.wanted == self._broken:
            self._become("broken")
            return []
        return self._spawn()

    def _end_run(self, exited: Exited) -> list[Instruction]:
        run, self.run = self.run, None
        if run is None:
            return []
        if self._interrupted is not None:
            _, reason, state, error, hint = self._interrupted
            return [EndRun(run, state, reason, error, hint)]
        if self._fault:
            return [EndRun(run, "lost", self._fault)]
        return [EndRun(run, "lost", f"its worker {exited.reason}", "", exited.hint)]

    def _set_timer(self, seconds: float) -> SetTimer:
        self._timer += 1
        return SetTimer(seconds, self._timer)

    def _become(self, state: str) -> None:
        WORKER.change(self.state, state)
        self.state = state


_HANDLERS: dict[type[Any], Callable[[Supervisor, Any, float], list[Instruction]]] = {
    Wanted: Supervisor._on_wanted,
    Unwanted: Supervisor._on_unwanted,
    Adopted: Supervisor._on_adopted,
    Prepared: Supervisor._on_prepared,
    Unprepared: Supervisor._on_unprepared,
    Connected: Supervisor._on_connected,
    Disconnected: Supervisor._on_disconnected,
    Loaded: Supervisor._on_loaded,
    NotLoaded: Supervisor._on_not_loaded,
    RunStarted: Supervisor._on_run_started,
    RunEnded: Supervisor._on_run_ended,
    Interrupted: Supervisor._on_interrupted,
    Overgrown: Supervisor._on_overgrown,
    Exited: Supervisor._on_exited,
    Timeout: Supervisor._on_timeout,
}
