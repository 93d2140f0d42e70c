"""What a program changes of the terminal that it writes to is changed of the one that people type at."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INPUT, _LOCAL, _KEYS = 0, 3, 6


class Settings:
    """Libraries like curses set them by what they write to: ``outer`` is that, ``target`` the real one."""

    def __init__(self, outer: int, target: int) -> None:
        # Not at the top: Windows has none.
        import termios

        self._termios: Any = termios
        self._outer = outer
        self._target = target
        self._known: list[Any] = termios.tcgetattr(outer)

    def settle(self) -> None:
        """Change what was changed, and nothing else: the program may set the real one itself, by what it reads from."""
        with contextlib.suppress(self._termios.error, OSError):  # the terminal went away
            now: list[Any] = self._termios.tcgetattr(self._outer)
            # In the background it may not be done.
            if now != self._known and os.tcgetpgrp(self._target) == os.getpgrp():
                self._change(now)
                self._known = now

    def _change(self, now: list[Any]) -> None:
        real = self._termios.tcgetattr(self._target)
        for flags in (_INPUT, _LOCAL):
            changed = self._known[flags] ^ now[flags]
            real[flags] = (real[flags] & ~changed) | (now[flags] & changed)
        keys = zip(self._known[_KEYS], now[_KEYS], real[_KEYS], strict=True)
        real[_KEYS] = [new if new != old else key for old, new, key in keys]
        self._termios.tcsetattr(self._target, self._termios.TCSANOW, real)
