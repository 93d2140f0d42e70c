"""All members of a list, however many they are."""

from __future__ import annotations

from dataclasses import replace
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
    query = parse_query(kind, where=where, limit=MAX_LIMIT)
    async for item in onward(board, query, await board.list(query)):
        yield item


async def onward(board: Lists, query: Query, page: Page) -> AsyncIterator[Stored]:
    """The topics on this page of a list, and on those after it."""
    while True:
        for item in page.items:
            yield item
        if page.next is None:
            return
        page = await board.list(replace(query, after=page.next))
