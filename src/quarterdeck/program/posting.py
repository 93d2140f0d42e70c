"""Brings the log of a program to a hub that cannot read it here: what is new of the file, from where the hub has it."""

from __future__ import annotations

import os
import threading
import time

from quarterdeck.sdk import default
from quarterdeck.sdk.transport import Away, Denied, loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # Takes a byte and what stands there; gives the byte from which the hub has nothing.  Raises OSError and Denied.
    Post = Callable[[int, bytes], int]

EVERY = 0.5
PIECE = 512 * 1024
SERVED = 2.0
"""Seconds at the end, as long as the hub goes on taking it."""


class Posting:
    """``path`` is the file, ``post`` sends a piece of it; a thread does that until all is sent."""

    def __init__(self, path: str, post: Post) -> None:
        self._file = os.open(path, os.O_RDONLY)
        self._post = post
        self._at = 0
        self._refused = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="quarterdeck-log", daemon=True)

    def start(self) -> None:
        """Send what comes, on a thread."""
        self._thread.start()

    def finish(self) -> None:
        """All is written: send the rest and end."""
        self._over.set()

    def wait(self, patience: float) -> None:
        """Until the rest is sent; a hub that takes nothing for ``patience`` seconds is waited for no longer."""
        until = time.monotonic() + SERVED
        while self._thread.is_alive() and time.monotonic() < until:
            before = self._at
            self._thread.join(patience)
            if self._at == before:
                return

    def step(self) -> bool:
        """Send one piece; whether there may be more to send at once."""
        piece = os.pread(self._file, PIECE, self._at)
        piece = piece[: piece.rfind(b"\n") + 1]
        if not piece or self._refused:
            return False
        try:
            at = self._post(self._at, piece)
        except Denied:
            self._refused = True
            return False
        except OSError:
            return False
        # A hub that had less, or was another one, gets it from there; one that takes no more is asked no more.
        self._refused = at == self._at
        self._at = at
        return not self._refused

    def _run(self) -> None:
        while True:
            over = self._over.wait(EVERY)
            while self.step():
                pass
            if over:
                return


def poster(topic: str) -> Post:
    """Sends to the log of a job, at the hub that the program has, over a connection that is kept."""
    known: list[tuple[tuple[str, str | None], Post]] = []

    def post(at: int, piece: bytes) -> int:
        try:
            address = default.current().find()
        except Denied as denied:
            raise Away(denied.message) from denied  # there may be a hub later
        if not known or known[0][0] != address:
            with loading:
                from quarterdeck.sdk.append import appender  # http is heavy
            known[:] = [(address, appender(*address, topic))]
        return known[0][1](at, piece)

    return post
