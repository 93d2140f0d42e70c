"""A script whose files are gone: its topics end; its runs stay, and its store waits for it to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.topics import join
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from collections.abc import Container

    from quarterdeck.hub.scripts.needs import Board


async def end_topics(board: Board, script: str, here: Container[str]) -> None:
    """End the topics of one script, unless it is ``here`` again."""
    page = await board.list(parse_query("panel", prefix=join("script", script, "panel"), limit=1000))
    if script in here:
        return
    for item in page.items:
        board.publish(item.topic, [["drop"]])
    if board.state(join("script", script)) is not None:
        board.publish(join("script", script), [["drop"]])
