"""Who asks, and from where: requests and their time by user and by address, a bounded number of each."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from quarterdeck.core.ops import Event

MOST = 500
"""Users, and addresses, of one endpoint that a process counts by name until they are told."""
LONGEST = 200
"""Characters of a user or an address that are kept."""
OTHER = "other"
"""Stands for all further ones."""


class Tally:
    """Requests and their microseconds by key."""

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: dict[str, list[int]] = {}

    def add(self, key: str, taken: int, requests: int = 1) -> None:
        """So many requests of this key, which took so long together (microseconds)."""
        pair = self._of.get(key)
        if pair is None:
            if len(self._of) >= MOST:
                key = OTHER
            pair = self._of.setdefault(key, [0, 0])
        pair[0] += requests
        pair[1] += taken

    def add_many(self, keys: Sequence[Any], takens: Sequence[int]) -> None:
        """Requests, at least one, by column; without a key there is nobody to count."""
        # Often all are of one: nobody says who asks, and behind a proxy all come from there.
        if keys.count(keys[0]) == len(keys):
            keys, takens, requests = keys[:1], [sum(takens)], len(keys)
        else:
            requests = 1
        for key, taken in zip(keys, takens, strict=True):
            if key:
                # A middleware may have put anything where an address belongs.
                self.add(key if key.__class__ is str and len(key) <= LONGEST else str(key)[:LONGEST], taken, requests)

    def add_all(self, other: Tally) -> None:
        """What was counted elsewhere."""
        for key, (requests, taken) in other._of.items():
            self.add(key, taken, requests)

    def ops(self, field: str) -> Event:
        """The operations that tell it."""
        if not self._of:
            return []
        requests = {key: pair[0] for key, pair in self._of.items()}
        return [["add", field, requests], ["add", f"{field}_us", {key: pair[1] for key, pair in self._of.items()}]]

    def __bool__(self) -> bool:
        return bool(self._of)


class Callers:
    """Of one endpoint, or of a service."""

    __slots__ = ("ips", "last", "users")

    def __init__(self) -> None:
        self.users = Tally()
        self.ips = Tally()
        self.last = 0

    def add_many(self, ips: Sequence[Any], users: Sequence[Any], takens: Sequence[int], last: int) -> None:
        """Count these requests, as far as it is known who asked; ``last`` is when the last was answered."""
        self.users.add_many(users, takens)
        self.ips.add_many(ips, takens)
        self.last = max(self.last, last)

    def add_all(self, other: Callers) -> None:
        """What was counted elsewhere."""
        self.users.add_all(other.users)
        self.ips.add_all(other.ips)
        self.last = max(self.last, other.last)

    def ops(self) -> Event:
        """The operations that tell it."""
        return [*self.users.ops("users"), *self.ips.ops("ips"), ["set", "last", self.last]]

    def __bool__(self) -> bool:
        return bool(self.users or self.ips)
