"""Where the hub's unix socket is: in the deck, or, if that path is too long for the system, in a private folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST = 107


def socket_path(run: Path) -> Path:
    """The same path for every hub of this deck, so that what an earlier one started finds the next one.

    ``run`` is the deck's ``.quarterdeck/run``.  Raises PermissionError if the private folder belongs to somebody else.
    """
    inside = run.absolute() / "hub.sock"
    if len(os.fsencode(inside)) <= LONGEST:
        return inside
    name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]
    return _private_folder() / f"{name}.sock"


def _private_folder() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(runtime) / "quarterdeck" if runtime else Path(tempfile.gettempdir()) / f"quarterdeck-{user}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != user or found.st_mode & 0o077:
        raise PermissionError(
            f"{folder} has to be a folder that only you can enter, for the hub's socket; "
            "remove it, or set XDG_RUNTIME_DIR to a folder of your own"
        )
    return folder
