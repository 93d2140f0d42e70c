"""How long requests of an endpoint usually take: the average of its latest ones in this process.  Microseconds."""

from __future__ import annotations

LEAST = 10
"""Requests before anything is usual."""
MOST = 1000
"""Beyond so many, the older half counts no more."""


class Usual:
    """An average that follows what is measured: of the latest 500 to 1000 requests."""

    __slots__ = ("n", "total")

    def __init__(self) -> None:
        self.n = self.total = 0

    def add(self, n: int, total: int) -> None:
        """So many requests more, which took so long together."""
        n, total = self.n + n, self.total + total
        if n > MOST:
            n, total = MOST // 2, total * (MOST // 2) // n
        self.n, self.total = n, total

    def average(self, n: int = 0, total: int = 0) -> float | None:
        """Of these and of further ones that were not added yet; None if they are too few to say."""
        n, total = self.n + n, self.total + total
        return total / n if n >= LEAST else None
