"""What one script's worker runs in: the hub's own interpreter, or an environment that is made first."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.hub.environments.environment import Environment, Interpreter
    from quarterdeck.hub.scripts.needs import Environments


class WorkerInterpreter:
    """``wanted`` is what the script asks for now; a worker that runs may still be in another one."""

    def __init__(self, environments: Environments, on_progress: Callable[[], None]) -> None:
        self._environments = environments
        self._on_progress = on_progress
        self._interpreter: Interpreter | None = None
        self.wanted: Environment | None = None
        self.progress = ""
        """The last words of what makes it."""

    @property
    def key(self) -> str:
        """The name of what is wanted; empty for the hub's own interpreter."""
        return self.wanted.key if self.wanted else ""

    def is_ready(self) -> bool:
        """Whether a worker can start in it at once."""
        self._interpreter = self._environments.ready(self.wanted) if self.wanted else None
        return self.wanted is None or self._interpreter is not None

    async def make(self, wanted: Environment) -> None:
        """Make it; raises NotPrepared."""
        self.progress = ""
        self._interpreter = await self._environments.prepare(wanted, self._hear)

    def command(self, inside: str) -> list[str]:
        """What starts a worker; ``inside`` names where, empty for the hub's own interpreter."""
        own = self._interpreter if inside else None
        # -P: the deck's own files must not stand in for the modules of Python.
        return [sys.executable if own is None else str(own.python), "-P", "-m", "quarterdeck.worker"]

    def environ(self, inside: str) -> dict[str, str]:
        """The variables of a worker; raises OSError."""
        own = self._interpreter if inside else None
        return dict(os.environ) if own is None else own.environ(os.environ, self._environments.package)

    def _hear(self, line: str) -> None:
        self.progress = line
        self._on_progress()
