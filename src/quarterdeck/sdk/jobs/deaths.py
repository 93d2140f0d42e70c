"""Uncaught errors: the jobs that they end are told of them, and whoever handled them before still does."""

from __future__ import annotations

import atexit
import sys
import threading
from contextlib import suppress

from quarterdeck.sdk.jobs.reporter import reporter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

_heard: list[bool] = []
_interrupted: list[bool] = []


def listen() -> None:
    """From here on; again has no effect."""
    if _heard:
        return
    _heard.append(True)
    former, former_of_thread = sys.excepthook, threading.excepthook

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            _interrupted.append(True)
        reporter.note_death(error, trace, of_process=True)
        former(kind, error, trace)

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            reporter.note_death(args.exc_value, args.exc_traceback, of_process=False)
        former_of_thread(args)

    sys.excepthook, threading.excepthook = on_error, on_thread_error
    _listen_to_cells()


def _end_as_interrupted() -> None:
    """After an uncaught Ctrl-C the interpreter ends itself by that signal, which shells look at.

    It forgets that when a text is evaluated meanwhile, as some imports do that our telling of the end takes.
    """
    if _interrupted:
        with suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt", {})


# Before the client's, which comes with its first use: what is registered first runs last.
atexit.register(_end_as_interrupted)


def _listen_to_cells() -> None:
    """In a notebook, and at IPython's prompt, an error ends a cell, and no hook hears of it."""
    find = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = find() if find is not None else None
    if shell is None:
        return

    def on_cell(result: Any) -> None:
        error = result.error_in_exec
        if error is not None:
            reporter.note_death(error, error.__traceback__, of_process=False)

    shell.events.register("post_run_cell", on_cell)
