"""What a new worker is given (the store, the components, whether setup has to run), and why a script is not loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import join
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from quarterdeck.hub.schedules.plan import BadPlan
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


def fault_of(error: Exception) -> dict[str, Any]:
    """Why a worker could not load its script: the error of the failed call, as far as it has the protocol's form."""
    told = {key: getattr(error, key, None) for key in ("code", "message", "hint", "traceback", "file", "line", "type")}
    whole = getattr(error, "error", None)
    if isinstance(whole, dict):
        told.update(whole)
    told["message"] = told["message"] or str(error)
    return told


def misfit_of(error: Refused | BadPlan) -> dict[str, Any]:
    """Why what a worker has loaded cannot be taken."""
    if isinstance(error, Refused):
        return {"message": f"the hub refused what it loaded: {error.message}", "hint": error.hint}
    return {"message": str(error), "hint": error.hint, "type": "BadPlan"}
