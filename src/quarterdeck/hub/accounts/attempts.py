"""How many failed logins are borne: per account and per address, in any one minute."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque

WINDOW = 60.0
_REMEMBERED = 10_000


def block_of(address: str) -> str:
    """What counts as one address: of IPv6 the 64 bits that one household or machine has all of."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))


class Attempts:
    """Pure: told the time (seconds of a clock that only runs forward)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Seconds until the next attempt is allowed; 0.0 if it is now."""
        failed = self._failed.get(key)
        while failed and failed[0] <= now - WINDOW:
            failed.popleft()
        return failed[0] + WINDOW - now if failed and len(failed) >= self._most else 0.0

    def fail(self, key: str, now: float) -> None:
        """One more failure; the key that failed longest ago is forgotten when there are too many."""
        self._failed.setdefault(key, deque(maxlen=self._most)).append(now)
        self._failed.move_to_end(key)
        if len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    def succeed(self, key: str) -> None:
        """Forget the failures of this key."""
        self._failed.pop(key, None)
