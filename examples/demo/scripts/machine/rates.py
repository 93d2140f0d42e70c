"""Turns counters that only grow into amounts a second."""

from __future__ import annotations

import time


class Rates:
    def __init__(self):
        self.before = None

    def since_last(self, *counters):
        """What each counter grew by a second since the call before; zeros at the first."""
        now = time.monotonic()
        before, self.before = self.before, (now, counters)
        if before is None or now <= before[0]:
            return [0.0] * len(counters)
        return [max(0, new - old) / (now - before[0]) for new, old in zip(counters, before[1], strict=True)]
