"""Interrupts this program, from any of its threads, as Ctrl-C does."""

from __future__ import annotations

import os
import sys


def stopping() -> int:
    """The signal of Ctrl-C; SIGTERM for what was started to ignore that, as a shell's script does behind ``&``."""
    import signal  # it is for programs that are stopped

    return signal.SIGTERM if signal.getsignal(signal.SIGINT) == signal.SIG_IGN else signal.SIGINT


def interrupt(number: int | None = None) -> None:
    """KeyboardInterrupt in the main thread, or whatever the program does on Ctrl-C; ends what it just waits for.

    ``number`` may be that of another signal.
    """
    # Not at the top: it is for programs that are stopped.
    import signal
    import threading

    if number is None:
        number = stopping()

    if sys.platform == "win32":
        import _thread

        _thread.interrupt_main(number)
        return
    # To the thread, not to the process: only then is it the main thread's own system call that ends.
    thread = threading.main_thread().ident
    if thread is None:
        os.kill(os.getpid(), number)
    else:
        signal.pthread_kill(thread, number)
