"""Progress of loops, live on the hub: ``from quarterdeck.progress import tqdm, trange, track, install``."""

from __future__ import annotations

from quarterdeck.sdk.fronts import lazily

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

__getattr__ = lazily(globals(), _HOMES)
