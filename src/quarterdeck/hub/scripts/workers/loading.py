"""What a new worker is given: the store, the components, and whether setup has to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.topics import join
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from quarterdeck.hub.scripts.needs import Board

_PANELS = 1000


async def load_args(board: Board, script: str, version: str, *, setup: bool) -> dict[str, Any]:
    """The arguments of the call ``load``."""
    store = board.state(join("script", script, "store"))
    page = await board.list(parse_query("panel", prefix=join("script", script, "panel"), limit=_PANELS))
    return {
        "version": version,
        "setup": setup,
        "store": dict(store.values.get("values") or {}) if store else {},
        "panel": {
            str(item.state.values.get("id")): {"state": item.state.values, "types": item.state.typed()}
            for item in page.items
        },
    }
