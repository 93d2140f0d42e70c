"""How many new topics the account of a program may make: so many at once, and as many again over a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.ops import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = 86_400.0


class Allowance:
    """``a_day`` topics an account, 0 for any number; ``monotonic`` gives seconds. A new hub begins anew."""

    def __init__(self, a_day: int, monotonic: Callable[[], float]) -> None:
        self._a_day = a_day
        self._monotonic = monotonic
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, account: str, topic: str) -> None:
        """The account makes a topic; raises Refused."""
        if not self._a_day:
            return
        now = self._monotonic()
        left, since = self._left.get(account, (float(self._a_day), now))
        left = min(self._a_day, left + (now - since) * self._a_day / _DAY)
        if left < 1:
            message = f"{topic} would be new, and {account} has made the {self._a_day} topics that it may make a day"
            hint = "put what changes into fields of fewer topics, or raise [hub] new_topics in quarterdeck.toml"
            raise Refused("too-many", message, hint)
        self._left[account] = (left - 1, now)
