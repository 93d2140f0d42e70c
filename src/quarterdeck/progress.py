"""Progress of loops, live on the hub: ``from quarterdeck.progress import tqdm, trange, track, install``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.integrations.progress import install, track
    from quarterdeck.integrations.tqdm import tqdm, trange

__all__ = ["install", "tqdm", "track", "trange"]

_HOMES = {
    "install": "quarterdeck.integrations.progress",
    "tqdm": "quarterdeck.integrations.tqdm",
    "track": "quarterdeck.integrations.progress",
    "trange": "quarterdeck.integrations.tqdm",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Only what is asked for is loaded: tqdm need not be installed for the others.
    from importlib import import_module  # noqa: PLC0415

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value
