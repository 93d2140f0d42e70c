"""Where the hub is: what was said, the environment, or the file that a running hub leaves for its user."""

from __future__ import annotations

import json
import os
import socket
import time
from urllib.parse import urlsplit

from quarterdeck.core.topics import segment
from quarterdeck.sdk.transport import Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOT_FOUND = "no hub was found; start one with `quarterdeck up`, or set QUARTERDECK_URL and QUARTERDECK_TOKEN"
_RESTART = 600.0
"""Seconds that a hub may be away between its end and its next start."""
_HERE = ("localhost", "127.0.0.1", "::1")


def state_folder() -> str:
    """This user's folder for state that outlives a session."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "quarterdeck")


def discovery_file() -> str:
    """The file in which a hub on this machine tells this user where it is; readable by the user alone."""
    return os.path.join(state_folder(), f"hub-{socket.gethostname()}.json")


def port_file(port: int) -> str:
    """The file in which a hub tells this user that it listens on this port of this machine."""
    return os.path.join(state_folder(), f"port-{port}-{socket.gethostname()}.json")


def token_of_port(port: int) -> str | None:
    """The token of this user's hub that listens on this port of this machine; None if there is none."""
    token: str | None = _of_port(f"http://localhost:{port}").get("token")
    return token


def _is_alive(pid: Any) -> bool:
    try:
        os.kill(pid, 0)
    except (OSError, TypeError):
        return False
    return True


def spool_file(url: str | None) -> str | None:
    """Where to keep what the hub at ``url`` does not get; None if no hub was named and this user never had one here."""
    named = url or os.environ.get("QUARTERDECK_URL")
    if named is None and not os.path.isdir(state_folder()):
        return None
    # A hub that was found may come back on another port.
    hub = segment(named.rstrip("/")) if named else "here"
    return os.path.join(state_folder(), f"spool-{socket.gethostname()}-{hub[:120]}.db")


def find(url: str | None, token: str | None) -> tuple[str, str | None]:
    """The hub's (url, token), looked up anew each time: the hub may come later, or come back elsewhere.

    Raises Denied if there is no hub to be found.
    """
    wanted = url or os.environ.get("QUARTERDECK_URL")
    secret = token or os.environ.get("QUARTERDECK_TOKEN")
    found = _read(discovery_file())
    found_url, found_token = found.get("url"), found.get("token")
    if wanted is None:
        if found_url is None:
            raise Denied(NOT_FOUND)
        return found_url, secret or found_token
    if secret is None and found_url is not None and wanted.rstrip("/") == found_url.rstrip("/"):
        secret = found_token
    return wanted, secret or _of_port(wanted).get("token")


def deck_file(folder: str) -> str:
    """The file in which the hub of the deck in this folder says where it is."""
    return os.path.join(folder, ".quarterdeck", "run", "hub.json")


def of_deck(folder: str) -> dict[str, Any]:
    """What the living hub of this deck says of itself: url, producer and token (an admin's) among it; {} without one.

    Raises Denied if others than this user could have written it.
    """
    found = _read(deck_file(folder))
    return found if _is_alive(found.get("pid")) else {}


def usual_hub() -> str | None:
    """The address of the hub that this user's producers use here when they name none, if it lives.

    One that was stopped a moment ago counts, too: it may be just starting again.
    """
    path = discovery_file()
    found = _read(path)
    url: str | None = found.get("url")
    if url is None or _is_alive(found.get("pid")):
        return url
    return url if found.get("pid") is None and time.time() - os.stat(path).st_mtime < _RESTART else None


def logs_folder(url: str) -> str | None:
    """The folder in which the hub at ``url`` keeps logs; None if that is not this user's hub on this machine."""
    found = _read(discovery_file())
    if not found or found["url"].rstrip("/") != url.rstrip("/"):
        found = _of_port(url)
    logs: str | None = found.get("logs")
    return logs


def is_same(url: str, other: str) -> bool:
    """Whether both are addresses of one hub, as far as this user can know."""
    pid = _of_port(url).get("pid")
    return url == other or (pid is not None and pid == _of_port(other).get("pid"))


def _of_port(url: str) -> dict[str, Any]:
    """What the living hub says that listens on the port of this address, which is one of this machine."""
    try:
        parts = urlsplit(url)
        found = _read(port_file(parts.port or 80)) if parts.hostname in _HERE else {}
    except ValueError:  # no address at all; who connects says so
        return {}
    # Whoever listens on a dead hub's port must not be shown its token.
    return found if _is_alive(found.get("pid")) else {}


def listens(url: str, patience: float) -> bool:
    """Whether anybody listens there; one that has not answered after ``patience`` seconds may."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), patience).close()
    except TimeoutError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _read(path: str) -> dict[str, Any]:
    """What a discovery file says: url, a text, and token and logs, texts or None.

    {} if there is none, or none that this user alone could have written.
    """
    try:
        with open(path, encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
                raise Denied(f"{path} can be read by others and is not trusted; remove it and start the hub again")
            found = json.load(file)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        # A hub that is just writing the file counts as not there yet.
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("url"), str):
        return {}
    texts = {name: found[name] if isinstance(found.get(name), str) else None for name in ("token", "logs")}
    return {**found, **texts}
