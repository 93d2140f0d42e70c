"""Runs one program to its end, and is as it: same terminal, same signals, same exit code."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from quarterdeck.program import child, signals
from quarterdeck.program.channels import channels, distinct
from quarterdeck.program.ended import ended, times_short
from quarterdeck.program.log import Log
from quarterdeck.program.record import Record
from quarterdeck.program.relay import Relay, opened_until
from quarterdeck.program.told import Told
from quarterdeck.sdk import default
from quarterdeck.sdk.interrupt import stopping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_MOMENT = 0.05
"""Seconds that a hub which goes on taking the log takes for a piece."""


def run(arguments: Sequence[str], name: str, logs: str | None) -> int:
    """Run ``python ARGUMENTS`` as the job ``name``; ``logs`` is the hub's folder for logs, if it is on this machine.

    Returns its exit code; if a signal ended it, so it does us.
    """
    default.prepare(muted=("denied",), exit_timeout=default.HALF_TIMEOUT)
    told, kills, led = Told(), times_short(), channels()
    mask = signals.hold()
    program = child.start(arguments, told.descent, led, mask)
    for channel in distinct(led):
        channel.begun()

    def send(number: int) -> None:
        with suppress(ProcessLookupError):
            program.send_signal(number)

    def resized() -> None:
        for channel in distinct(led):
            channel.resize()

    signals.pass_on(send, resized)
    log = Log(logs, told.id)
    record = Record(log.file)
    told.begin(name, program.pid, log.field, lambda: send(stopping()))
    told.follow(record)
    relay = Relay(distinct(led), record.take)
    relay.run(opened_until(program.wait))
    record.finish()
    told.end(ended(program.returncode, kills, stopped=told.stopped), record, log.end())
    default.current().close(default.HALF_TIMEOUT)
    log.close(_MOMENT)
    if relay.open:
        _leave_behind(relay, mask)
    if program.returncode < 0:
        signals.die_of(-program.returncode)
    return program.returncode


def _leave_behind(relay: Relay, mask: set[signal.Signals]) -> None:
    """What the program has started still writes: somebody has to pass that on, while we end as the program did."""
    if os.fork():
        return
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    for number in signals.PASSED:
        signal.signal(number, signal.SIG_DFL)
    try:
        relay.run_on()
    finally:
        os._exit(0)
