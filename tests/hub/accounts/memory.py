"""What accounts keep, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.hub.accounts.records import Change


class MemoryRecords:
    """Kept as long as the object."""

    def __init__(self) -> None:
        self.kept: Change = {}

    def records(self, collection: str, /) -> dict[str, Any]:
        """All records of a collection."""
        return {key: value for (where, key), value in self.kept.items() if where == collection}

    async def write(self, change: Change) -> None:
        """Keep the change."""
        self.kept.update(change)
        self.kept = {place: value for place, value in self.kept.items() if value is not None}
