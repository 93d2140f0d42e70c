"""The machine that the hub runs on: of its processes, and of no others, the hub sees whether they live."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quarterdeck.hub.process import was_running

if TYPE_CHECKING:
    from collections.abc import Callable


class Machine:
    """``lives(pid, at)``: whether its process that was there at that time (microseconds) still is."""

    def __init__(self, name: str | None = None, lives: Callable[[int, int], bool] = was_running) -> None:
        self.name = os.uname().nodename if name is None else name
        self.lives = lives
