"""Ends topics, a few at a time, so that nothing which is due waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from quarterdeck.hub.retention.surplus import Lists
from quarterdeck.store.contract import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quarterdeck.store.contract import Page
    from quarterdeck.store.query import Query

AT_ONCE = 100
"""Topics that end in one turn of the event loop: a few milliseconds of it, and far less if nobody has them in view."""
BETWEEN = 0.02
"""Seconds between such turns."""


class Board(Protocol):
    """The part of ``hub/delivery/board.py`` by which topics end, so that watchers learn of it."""

    def end(self, topics: Iterable[str], /) -> None: ...
    async def committed(self) -> None: ...
    async def list(self, query: Query, /) -> Page: ...


class Past(Lists, Protocol):
    """The part of a store that says what there is, and what is too much; it blocks."""

    def beyond(self, query: Query, keep: int, /) -> list[str]: ...


async def end_beyond(
    board: Board, past: Past, query: Query, keep: int, tell: Callable[[int], None] | None = None
) -> int:
    """End all topics of a list but its first ``keep``; returns how many, and ``tell`` hears of each few."""
    ended = 0
    while True:
        await board.committed()
        topics = await asyncio.to_thread(past.beyond, query, keep)
        for first in range(0, len(topics), AT_ONCE):
            few = topics[first : first + AT_ONCE]
            board.end(few)
            ended += len(few)
            if tell is not None:
                tell(len(few))
            await asyncio.sleep(BETWEEN)
        if len(topics) < BLOCK:
            await board.committed()
            return ended
