"""Signals to us are for the program: those that only we got are passed on to it."""

from __future__ import annotations

import os
import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PASSED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")
PASSED = {getattr(signal, name) for name in _PASSED if hasattr(signal, name)}
_FROM_KERNEL = 0x80  # SI_KERNEL: of the terminal, which tells all in the foreground, and so the program as well


def hold() -> set[signal.Signals]:
    """From here on they wait for ``pass_on``, in every thread; the mask as it was before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, PASSED)
    return {signal.Signals(number) for number in before}


def pass_on(send: Callable[[int], None], resized: Callable[[], None]) -> None:
    """On a thread of its own: ``send`` each that the program did not get; ``resized`` comes before its word."""

    def run() -> None:
        while True:
            number, terminal = _wait()
            if number == signal.SIGWINCH:
                resized()
            if not terminal or number == signal.SIGWINCH:
                send(number)

    threading.Thread(target=run, name="quarterdeck-signals", daemon=True).start()


def die_of(number: int) -> None:
    """End as the program did, so that who started us sees it; returns if that cannot be."""
    # Not at the top: Windows has none, nor these signals.
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the program's own core, if any, is the one to look at
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)


def _wait() -> tuple[int, bool]:
    """The next signal, and whether the terminal sent it."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(PASSED)
        return info.si_signo, info.si_code == _FROM_KERNEL
    number = signal.sigwait(PASSED)
    return number, number in (signal.SIGINT, signal.SIGQUIT) and os.isatty(0)
