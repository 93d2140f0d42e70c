"""Small keyed data that accounts are made of, and what keeps it."""

from __future__ import annotations

from typing import Any, Protocol

Change = dict[tuple[str, str], Any]
"""(collection, key) -> plain JSON; None removes the record."""


class Records(Protocol):
    """What accounts need of a store."""

    def records(self, collection: str, /) -> dict[str, Any]:
        """All records of a collection."""
        ...

    async def write(self, change: Change) -> None:
        """Returns once the change is durable."""
        ...
