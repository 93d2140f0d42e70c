"""Children of multiprocessing: they end without ``atexit``."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FIRST, LAST = 10, 0
"""What tells the last things goes before what sends them."""


def at_child_exit(when: int, call: Callable[..., Any], *args: Any) -> None:
    """Call at the end of this process, if it is such a child; what is called ``FIRST`` goes before ``LAST``."""
    standing, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if standing is not None and util is not None and standing.parent_process() is not None:
        util.Finalize(None, call, args, exitpriority=when)
