"""The two small files by which commands and producers find a hub; readable by their user only."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any


def user_file() -> Path:
    """Where producers of this user on this machine look."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "quarterdeck" / f"hub-{socket.gethostname()}.json"


def read(path: Path) -> dict[str, Any]:
    """What the file says; {} if there is none, or nothing that is JSON."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, said: dict[str, Any]) -> None:
    """Replace the file at once, so that nobody reads half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(said, file)
    beside.replace(path)


def withdraw(path: Path, pid: int) -> None:
    """Say that the hub of this process is gone; the token stays, so that what it started can come back."""
    said = read(path)
    if said.get("pid") == pid:
        write(path, {**said, "pid": None})
