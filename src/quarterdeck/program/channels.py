"""What a program writes to, instead of our standard output and error: a terminal where these are one, else a pipe.

What both lead to is one channel, so that what comes out of it is in the order in which it was written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select

from quarterdeck.program.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

OUT, ERR = 1, 2
_PIECE = 65_536
_GONE = (errno.EPIPE, errno.EIO, errno.EBADF, errno.ENXIO)


class Channel:
    """``source`` is the log's word for it, ``target`` our descriptor that it leads to, ``inner`` the program's end."""

    def __init__(self, source: str, target: int) -> None:
        self.source = source
        self.target = target
        self.is_terminal = os.isatty(target)
        self.outer, self.inner = _terminal_like(target) if self.is_terminal else os.pipe()
        self._settings = Settings(self.outer, target) if self.is_terminal else None

    def begun(self) -> None:
        """The program has its end, and only that keeps the channel open now."""
        os.close(self.inner)

    def read(self) -> bytes:
        """What the program wrote; nothing if nobody writes any more."""
        self.settle()
        try:
            return os.read(self.outer, _PIECE)
        except OSError as error:
            if error.errno == errno.EIO:  # a terminal's way to say so
                return b""
            raise

    def pass_on(self, data: bytes) -> bool:
        """Write it to where it leads to; False if nobody reads there any more."""
        while data:
            try:
                data = data[os.write(self.target, data) :]
            except BlockingIOError:
                # Somebody who shares the terminal has made it so.
                select.select((), (self.target,), ())
            except OSError as error:
                if error.errno in _GONE:
                    return False
                raise
        return True

    def settle(self) -> None:
        """What the program has set of its terminal, such as that it echoes nothing, holds for ours."""
        if self._settings is not None:
            self._settings.settle()

    def resize(self) -> None:
        """Our terminal has another size now."""
        if self.is_terminal:
            _copy_size(self.target, self.outer)

    def close(self) -> None:
        """Whoever still writes learns that nobody reads."""
        os.close(self.outer)


def channels() -> dict[int, Channel]:
    """By descriptor; one that is closed is left so."""
    targets = {descriptor: known for descriptor in (OUT, ERR) if (known := _identity(descriptor)) is not None}
    if len(targets) == len(set(targets.values())):
        return {descriptor: Channel("O" if descriptor == OUT else "E", descriptor) for descriptor in targets}
    shared = Channel("O", OUT)
    return dict.fromkeys(targets, shared)


def distinct(channels: dict[int, Channel]) -> Iterator[Channel]:
    """Each once."""
    yield from dict.fromkeys(channels.values())


def _identity(descriptor: int) -> tuple[int, int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_rdev


def _terminal_like(target: int) -> tuple[int, int]:
    """A terminal of the same size; it changes nothing of what is written, as the real one will do that."""
    # Not at the top: Windows has none.
    import termios

    outer, inner = os.openpty()
    settings = termios.tcgetattr(target)
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(inner, termios.TCSANOW, settings)
    _copy_size(target, outer)
    return outer, inner


def _copy_size(target: int, outer: int) -> None:
    # Not at the top: see above.
    import fcntl
    import termios

    with contextlib.suppress(OSError):  # the terminal went away
        fcntl.ioctl(outer, termios.TIOCSWINSZ, fcntl.ioctl(target, termios.TIOCGWINSZ, bytes(8)))
