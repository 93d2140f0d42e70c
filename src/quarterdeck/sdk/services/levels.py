"""How closely a service looks at each of its endpoints: as the program says, and as admins chose on the page.

0: only when it was called last.  1: its requests are counted.  2: outliers are caught as well.  3: it is profiled, too.
"""

from __future__ import annotations

import fnmatch
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

LAST, COUNTED, OUTLIERS, PROFILED = range(4)
EXCLUDED = -1
"""Not measured at all: a pattern of ``config.exclude`` names it."""


class Levels:
    """Of one service; ``usual`` is what the program says of all its endpoints.  ``told``: the hub has spoken."""

    def __init__(self, usual: int) -> None:
        self.usual = usual
        self.told = False
        self._at = 0
        self._chosen: dict[str, int] = {}

    def of(self, endpoint: str) -> int:
        """The level of the endpoint of this name."""
        return self._chosen.get(endpoint, self.usual)

    def take(self, told: dict[str, Any]) -> None:
        """What the hub tells: ``at`` (when: the latest holds), and all ``levels`` that were chosen."""
        at, chosen = told.get("at"), told.get("levels")
        if type(at) is not int or at < self._at or not isinstance(chosen, dict):
            return
        self._at, self.told = at, True
        self._chosen = {name: level for name, level in chosen.items() if level in range(PROFILED + 1)}


def matcher(patterns: Iterable[str]) -> re.Pattern[str] | None:
    """What matches the names and routes of endpoints that these patterns mean (as of files: ``*``, ``?``, ``[]``)."""
    known = [fnmatch.translate(pattern) for pattern in patterns if pattern]
    return re.compile("|".join(known)) if known else None
