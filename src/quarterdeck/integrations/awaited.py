"""Which modules of which libraries are patched when a program imports them.  Nothing is loaded for it."""

from __future__ import annotations

LIBRARIES = {
    "tqdm": {"tqdm.std": "bars"},
    "rich": {"rich.progress": "rich"},
    "mpire": {"mpire.progress_bar": "mpire"},
    "joblib": {"joblib.parallel": "joblib"},
    "futures": {"concurrent.futures.thread": "futures", "concurrent.futures.process": "futures"},
    "pool": {"multiprocessing.pool": "pool"},
}
"""Of each library, the modules that are awaited, and which of ours patches each."""
MODULES = frozenset(module for modules in LIBRARIES.values() for module in modules)
