"""Scripts whose files are gone: their topics end; their runs stay, and their stores wait for them to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.topics import join, split
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


async def end_missing(board: Board, here: Container[Any]) -> None:
    """End the topics of all scripts that are not ``here``."""
    page = await board.list(parse_query("script", limit=1000))
    for item in page.items:
        name = split(item.topic)[1]
        if name not in here:
            await end_topics(board, name, here)
