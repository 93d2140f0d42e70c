"""All members of a list, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from quarterdeck.store.query import MAX_LIMIT, parse_query

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from quarterdeck.store.contract import Page, Stored
    from quarterdeck.store.query import Query


class Lists(Protocol):
    """The part of the board that knows lists."""

    async def list(self, query: Query, /) -> Page: ...


async def members(board: Lists, kind: str, *where: str) -> AsyncIterator[Stored]:
    """Those topics of this kind that fit the conditions, read a page at a time."""
    after: str | None = None
    while True:
        page = await board.list(parse_query(kind, where=where, after=after, limit=MAX_LIMIT))
        for item in page.items:
            yield item
        after = page.next
        if after is None:
            return
