"""When a producer may send and when it may try to connect again.  Pure: the time (monotonic seconds) is given."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = 0.05
FIRST_RETRY = 0.05
LAST_RETRY = 2.0


class Pace:
    """The first change goes out at once, then one batch an ``interval``; retries double from 0.05 to 2 s.

    ``chance`` gives numbers from 0 to 1: a retry waits between a half and the whole of its time, so that producers
    whose hub restarts do not all come back in the same instant.
    """

    def __init__(self, chance: Callable[[], float], interval: float = INTERVAL) -> None:
        self._chance = chance
        self._interval = interval
        self._retry = FIRST_RETRY
        self.send_at = 0.0
        self.connect_at = 0.0

    def sent(self, now: float) -> None:
        """A batch went out."""
        self.send_at = now + self._interval

    def opened(self) -> None:
        """The hub has answered."""
        self._retry = FIRST_RETRY
        self.connect_at = 0.0

    def failed(self, now: float, at_least: float = 0.0) -> None:
        """The hub is away, or asked to be left alone for ``at_least`` seconds."""
        wait = self._retry * (0.5 + 0.5 * self._chance())
        self.connect_at = now + max(wait, at_least)
        self._retry = min(2 * self._retry, LAST_RETRY)
