"""Forks: what is to be done before and after one, one fork at a time, and without losing a Ctrl-C that comes meanwhile.

The interpreter ignores what is raised while it prepares a fork, and our part of that may have to wait for a lock.
"""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    Hook = Callable[[], None]

_AFTER = 0.01
"""Seconds: a busy machine takes a while to be through with a fork."""
_hooks: list[tuple[Hook | None, Hook | None, Hook | None]] = []


def at_fork(*, before: Hook | None = None, in_parent: Hook | None = None, in_child: Hook | None = None) -> None:
    """Do this at each fork from here on; ``before`` what is registered earlier, else after it."""
    _hooks.append((before, in_parent, in_child))


class _Fork:
    """The fork that is going on, and the signals that came meanwhile: their handlers may raise an error."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: dict[int, Any] = {}
        self._came: list[int] = []

    def begin(self) -> None:
        self._lock.acquire()
        self._hold_back()
        for before, _, _ in reversed(_hooks):
            if before is not None:
                before()

    def end_in_parent(self) -> None:
        for _, after, _ in _hooks:
            if after is not None:
                after()
        came = self._let_go()
        self._lock.release()
        for number in came:
            self._send_again(number)

    def end_in_child(self) -> None:
        for _, _, after in _hooks:
            if after is not None:
                after()
        # What came before there was a child was not for it.
        self._let_go()
        self._lock = threading.Lock()

    def _send_again(self, number: int) -> None:
        """When the interpreter is through with the fork, and takes errors again."""
        from quarterdeck.sdk.interrupt import interrupt  # it is rarely needed

        again = threading.Timer(_AFTER, interrupt, (number,))
        again.daemon = True
        again.start()

    def _hold_back(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return  # No handler runs in it.
        import signal  # for programs that fork

        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._came.append(number)

    def _let_go(self) -> list[int]:
        came, self._came = self._came, []
        handlers, self._handlers = self._handlers, {}
        if handlers:
            import signal

            for number, handler in handlers.items():
                signal.signal(number, handler)
        return came


_fork = _Fork()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_fork.begin, after_in_parent=_fork.end_in_parent, after_in_child=_fork.end_in_child)
