"""Records kept by the hub's own commit loop, or by a store that no hub has open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.store.contract import Commit

if TYPE_CHECKING:
    from quarterdeck.hub.accounts.records import Change
    from quarterdeck.hub.commits import Commits
    from quarterdeck.store.contract import Page, Store
    from quarterdeck.store.query import Query


class CommittedRecords:
    """The ``Records`` of a hub: a write returns after the commit that holds it, or raises StoreError if it
    cannot be made now."""

    def __init__(self, store: Store, commits: Commits) -> None:
        self._store = store
        self._commits = commits

    def records(self, collection: str, /) -> dict[str, Any]:
        """All records of a collection."""
        return self._store.records(collection)

    def record(self, collection: str, key: str, value: Any, /) -> None:
        """Hand one record to the commit loop."""
        self._commits.record(collection, key, value)

    def beyond(self, query: Query, keep: int, /) -> list[str]:
        """The topics of a list behind its first ``keep``, some hundred at a time."""
        return self._store.beyond(query, keep)

    def count(self, query: Query, /) -> int:
        """How many members a list has, as it is committed."""
        return self._store.count(query)

    def topics(self, query: Query, /, *, whole: bool = True) -> Page:
        """A page of a list, as it is committed."""
        return self._store.topics(query, whole=whole)

    async def write(self, change: Change) -> None:
        """Hand the change to the commit loop and wait."""
        for (collection, key), value in change.items():
            self._commits.record(collection, key, value)
        await self._commits.committed(patient=False)


class StoredRecords:
    """The ``Records`` of a command that has taken the deck's lock, as no hub runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def records(self, collection: str, /) -> dict[str, Any]:
        """All records of a collection."""
        return self._store.records(collection)

    async def write(self, change: Change) -> None:
        """Commit the change."""
        self._store.commit(Commit(records=dict(change)))
