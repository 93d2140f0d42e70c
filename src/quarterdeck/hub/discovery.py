"""The small files by which commands and producers find a hub; readable by their user only.

One is beside the deck; one names the hub that this user's producers use when they name none; and there is one a port,
for those that name a port of this machine.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any


def state_folder() -> Path:
    """This user's folder for state that outlives a session."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "quarterdeck"


def user_file() -> Path:
    """Where producers of this user on this machine look."""
    return state_folder() / f"hub-{socket.gethostname()}.json"


def port_file(port: int) -> Path:
    """Where those look who know a port of this machine."""
    return state_folder() / f"port-{port}-{socket.gethostname()}.json"


def living() -> list[dict[str, Any]]:
    """What the hubs of this user on this machine say of themselves; the newest first, each once."""
    files = sorted(state_folder().glob(f"port-*-{socket.gethostname()}.json"), key=_age)
    said = {found["pid"]: found for found in map(read, files) if is_alive(found.get("pid"))}
    return list(said.values())


def is_alive(pid: object) -> bool:
    """Whether a process of this user has that id."""
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


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


def remove_ports(pid: int) -> None:
    """Remove the files of the ports of this process, and of those that are gone."""
    for path in state_folder().glob(f"port-*-{socket.gethostname()}.json"):
        owner = read(path).get("pid")
        if owner == pid or not is_alive(owner):
            path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:  # its hub has just ended
        return 0.0
