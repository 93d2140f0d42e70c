"""Processes that outlive the hub: starting one, knowing it again, and hearing that it ended, without a thread each.

A process is known by its pid and the time it started, because pids come again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from quarterdeck.core.endings import KILLS, Mends, ending
from quarterdeck.hub.memory import times_short
from quarterdeck.hub.private import private

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

POLL_SECONDS = 0.25
LARGEST_OUTPUT = 4 << 20
"""Bytes; the next process begins a new file, and the one before is kept."""
# The start is told from the time of boot, which moves a little when the clock is set right.
_SAME_START = 2.0
_SYSTEM = Path(KILLS)
_MENDS = Mends(
    exit="something in it ended the process (os._exit, a library): a hook ends by returning or raising",
    crash="native code crashed: update the library that the trace ends in, or call it in a process of its own",
    signal="somebody sent that signal, or the script did; the next run goes on in a new worker",
    memory="let it hold less at once, or set memory for it in quarterdeck.toml, and it fails before the system acts",
)


class Process:
    """A process that runs or ran; ``started`` is its start in seconds since 1970, as the system tells it."""

    def __init__(self, pid: int, started: float, child: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self.started = started
        self._child = child
        self._over = False
        self._short = times_short(_SYSTEM)

    def alive(self) -> bool:
        """Whether this very process still runs.  When it is first seen to have ended, what it left is ended too."""
        if self._over:
            return False
        lives = self._child.poll() is None if self._child is not None else is_alive(self.pid, self.started)
        if not lives:
            self._over = True
            self._end_group()
        return lives

    def kill(self) -> None:
        """End it at once, with whatever it has started in its session."""
        if not self.alive():
            return
        self._end_group()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _end_group(self) -> None:
        # It leads a session of its own, so that its group is what it started; the system gives no other process the
        # number while the group has members.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def when_ended(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back once in the running event loop when it has ended; the result takes that back."""
        loop = asyncio.get_running_loop()
        try:
            descriptor = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            return _poll(loop, self, callback)

        def forget() -> None:
            nonlocal descriptor
            if descriptor >= 0:
                loop.remove_reader(descriptor)
                os.close(descriptor)
                descriptor = -1

        def ended() -> None:
            if descriptor >= 0 and not self.alive():
                forget()
                callback()

        loop.add_reader(descriptor, ended)
        if not self.alive():  # the pid may have been another's by the time it was opened
            loop.call_soon(ended)
        return forget

    def ending(self) -> tuple[str, str]:
        """How it ended, in words that follow "its worker", and the mend as far as there is one."""
        code = self._child.poll() if self._child is not None else None
        if code is None:
            return "ended; an earlier hub had started it, so how is not known", ""
        return ending(code, self._short, times_short(_SYSTEM), _MENDS)


def find(pid: int, started: float | None = None) -> Process | None:
    """The process with this pid if it lives, and started then; None if it has ended or the pid is another's."""
    begun = start_of(pid) if started is None else started
    return Process(pid, begun) if is_alive(pid, begun) else None


def start(command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path) -> Process:
    """Start a process in a session of its own, its descriptors 1 and 2 at the end of ``output``; raises OSError.

    Nothing reads a pipe, so it never blocks when the hub is gone, and Ctrl-C in the hub's terminal does not reach it.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and output.stat().st_size > LARGEST_OUTPUT:
        output.replace(output.with_suffix(".old"))
    with open(output, "ab", buffering=0, opener=private) as file:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    return Process(child.pid, start_of(child.pid), child)


def is_alive(pid: int, started: float) -> bool:
    """Whether the process with this pid is the one that started then, and has not ended."""
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < _SAME_START and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def was_running(pid: int, at: int) -> bool:
    """Whether the process with this pid was there at that time (microseconds UTC) already, and has not ended."""
    try:
        process = psutil.Process(pid)
        return process.create_time() < at / 1e6 + _SAME_START and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _poll(loop: asyncio.AbstractEventLoop, process: Process, callback: Callable[[], None]) -> Callable[[], None]:
    """For systems without process descriptors."""
    timer: asyncio.TimerHandle | None = None

    def look() -> None:
        nonlocal timer
        if process.alive():
            timer = loop.call_later(POLL_SECONDS, look)
        else:
            callback()

    def forget() -> None:
        if timer is not None:
            timer.cancel()

    timer = loop.call_later(0, look)
    return forget


def boot_time() -> float:
    """When this machine started, in seconds since 1970."""
    return psutil.boot_time()


def start_of(pid: int) -> float:
    """When the process with this pid started, in seconds since 1970; 0 if there is none."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0
