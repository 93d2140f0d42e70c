"""What a script's worker runs in, where that is not the hub's own interpreter."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.environments.inline import Inline

LOWEST = (3, 11)
"""The oldest Python in which a worker runs: that of the package's own ``requires-python``."""
# These say where the hub's own Python finds its modules.
_OF_THE_HUB = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__")


class NotPrepared(QuarterdeckError):
    """An environment cannot be had.  ``output`` is what uv or the interpreter said, the last lines of it."""

    def __init__(self, message: str, hint: str, output: str = "") -> None:
        super().__init__("environment", message, hint)
        self.output = output


class Environment(NamedTuple):
    """What is wanted.  ``key`` names it: scripts that want the same share it.

    ``inline`` is the script's block, ``python`` the interpreter that the settings choose: a path, or what uv takes
    as a request ("3.12").
    """

    key: str
    inline: Inline | None
    python: str | None

    @property
    def is_made(self) -> bool:
        """Whether uv has to make it: an interpreter by its path is taken as it is."""
        return self.inline is not None or not _is_path(self.python or "")


class Interpreter(NamedTuple):
    """A Python that is there: where, and the folder of the environment that was made for it, if one was."""

    python: Path
    folder: Path | None = None

    def environ(self, base: Mapping[str, str], package: Path) -> dict[str, str]:
        """The variables of a process in it.  ``package`` is a folder that holds our own package and nothing else."""
        kept = {name: value for name, value in base.items() if name not in _OF_THE_HUB}
        places = [str(self.python.parent), *filter(None, [kept.get("PATH")])]
        kept |= {"PYTHONPATH": str(package), "PATH": os.pathsep.join(places)}
        return kept | ({"VIRTUAL_ENV": str(self.folder)} if self.folder else {})


def environment_of(inline: Inline | None, python: str | None, deck: Path) -> Environment | None:
    """What the script's block and the settings ask for; None: the hub's own interpreter will do."""
    if inline is None and python is None:
        return None
    if python is not None and _is_path(python):
        python = str(deck / Path(python).expanduser())
    parts = [python or f"{sys.version_info.major}.{sys.version_info.minor}"]
    if inline is not None:
        parts += [inline.text, inline.lock, str(inline.module) if inline.local or inline.fault else ""]
    return Environment(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16], inline, python)


def _is_path(python: str) -> bool:
    return "/" in python or os.sep in python
