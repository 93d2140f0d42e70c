"""The end of a server: before it, what was measured is told, by whatever way the server says that it ends.

Most end as programs do.  Those that leave SIGTERM to the system die of it in an instant; so do the workers of uvicorn,
which answer it while they load the application, and give it back to the system at their very end.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk import default
from quarterdeck.sdk.report import Report, in_words
from quarterdeck.sdk.services.service import close_all

if TYPE_CHECKING:
    from types import FrameType

    from quarterdeck.integrations.interfaces import AsgiApplication, Receive, Scope, Send


_SHUTDOWN = "lifespan.shutdown"
_report = Report()


class _Hearing:
    """Whether SIGTERM comes to us when nobody else answers it."""

    sigterm = False


_hearing = _Hearing()


def hear() -> None:
    """From now on, tell before the end."""
    uwsgi = sys.modules.get("uwsgi")  # the server is there as a module
    if uwsgi is not None and not {"enable-threads", "threads"} & uwsgi.opt.keys():
        _report("service", "uWSGI runs no threads, so some of what was measured is lost: add --enable-threads")
    if threading.current_thread() is not threading.main_thread():
        return
    handler = signal.getsignal(signal.SIGTERM)
    if handler is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)
    _hearing.sigterm = handler in (signal.SIG_DFL, _terminated)


def _terminated(number: int, frame: FrameType | None) -> None:
    # The thread that is interrupted here may hold any lock, so another one tells, and then lets the signal do its work.
    signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_tell_and_end, args=(number,), name="quarterdeck-terminating").start()


def _tell_and_end(number: int) -> None:
    try:
        close_all()
        default.current().close(default.EXIT_TIMEOUT)
    finally:
        os.kill(os.getpid(), number)


async def live(inner: AsgiApplication, scope: Scope, receive: Receive, send: Send) -> None:
    """The lifespan of an ASGI application; one that knows none is given one, where its end is not heard otherwise."""
    if _hearing.sigterm:
        await inner(scope, receive, send)
        return
    lives = False

    async def received() -> Any:
        nonlocal lives
        lives = True
        return await _received(receive)

    async def sent(message: Any) -> None:
        nonlocal lives
        lives = True
        await send(message)

    try:
        await inner(scope, received, sent)
    except Exception:
        if lives:
            raise
    while not lives:
        message = await _received(receive)
        lives = message["type"] == _SHUTDOWN
        await send({"type": f"{message['type']}.complete"})


async def _received(receive: Receive) -> Any:
    message = await receive()
    if message["type"] == _SHUTDOWN:
        _tell()  # The server has answered its last request.
    return message


def _tell() -> None:
    try:
        close_all()
        default.current().hand_over(default.EXIT_TIMEOUT)
    except Exception as error:  # the application has an end of its own to see to
        _report("service", f"{in_words(error)} (what was measured last was not told)")
