"""Passes on what a program writes, as it is and at once, and lets it be recorded beside that."""

from __future__ import annotations

import os
import select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quarterdeck.program.channels import Channel

_LEFT = 1 << 20
"""Bytes of a channel that are read after the end of the program; a pipe or terminal holds less."""


class Relay:
    """``take(source, data)`` records; ``open`` are the channels that somebody still writes to."""

    def __init__(self, channels: Iterable[Channel], take: Callable[[str, bytes], None]) -> None:
        self._take = take
        self._silent: set[Channel] = set()
        self._poll = select.poll()
        self.open: dict[int, Channel] = {}
        for channel in channels:
            self.open[channel.outer] = channel
            self._poll.register(channel.outer, select.POLLIN)

    def run(self, ended: int) -> None:
        """Until the program has ended, which is when ``ended`` can be read, and all that it wrote is passed on."""
        self._poll.register(ended, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in self._poll.poll()]
            if ended in ready:
                break
            self._pass(ready)
        self._poll.unregister(ended)
        for channel in list(self.open.values()):
            self._drain(channel)

    def run_on(self) -> None:
        """Until nobody writes any more: what the program has started and left may."""
        while self.open:
            self._pass([descriptor for descriptor, _ in self._poll.poll()])

    def _drain(self, channel: Channel) -> None:
        left = _LEFT
        while left > 0 and channel.outer in self.open and select.select((channel.outer,), (), (), 0)[0]:
            left -= self._pass_one(channel)
        if channel.outer in self.open:
            channel.settle()

    def _pass(self, ready: list[int]) -> None:
        for descriptor in ready:
            self._pass_one(self.open[descriptor])

    def _pass_one(self, channel: Channel) -> int:
        data = channel.read()
        if not data:
            self._close(channel)
            return 0
        passed = channel in self._silent or channel.pass_on(data)
        self._take(channel.source, data)
        if not passed:
            self._not_read(channel)
        return len(data)

    def _not_read(self, channel: Channel) -> None:
        """Who writes into a pipe that nobody reads learns it; a terminal that went away says so by a signal."""
        if channel.is_terminal:
            self._silent.add(channel)
        else:
            self._close(channel)

    def _close(self, channel: Channel) -> None:
        del self.open[channel.outer]
        self._poll.unregister(channel.outer)
        channel.close()


def opened_until(work: Callable[[], object]) -> int:
    """A descriptor that can be read once ``work`` has returned, on a thread of its own."""
    # Not at the top: the relay itself needs none.
    import threading

    read, write = os.pipe()

    def run() -> None:
        work()
        os.close(write)

    threading.Thread(target=run, name="quarterdeck-ended", daemon=True).start()
    return read
