"""Where the hub is: what was said, the environment, or the file that a running hub leaves for its user."""

from __future__ import annotations

import json
import os
import socket
from urllib.parse import urlsplit

from quarterdeck.core.topics import segment
from quarterdeck.sdk.transport import Denied

NOT_FOUND = "no hub was found; start one with `quarterdeck up`, or set QUARTERDECK_URL and QUARTERDECK_TOKEN"


def state_folder() -> str:
    """This user's folder for state that outlives a session."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "quarterdeck")


def discovery_file() -> str:
    """The file in which a hub on this machine tells this user where it is; readable by the user alone."""
    return os.path.join(state_folder(), f"hub-{socket.gethostname()}.json")


def port_file(port: int) -> str:
    """The file in which a hub on this machine tells this user who knows its port where it is."""
    return os.path.join(state_folder(), f"port-{port}-{socket.gethostname()}.json")


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
    found_url, found_token, _ = _read(discovery_file())
    if wanted is None:
        if found_url is None:
            raise Denied(NOT_FOUND)
        return found_url, secret or found_token
    if secret is None and found_url is not None and wanted.rstrip("/") == found_url.rstrip("/"):
        secret = found_token
    return wanted, secret


def logs_folder(url: str) -> str | None:
    """The folder in which the hub at ``url`` keeps logs; None if that is not this user's hub on this machine."""
    for path in (discovery_file(), port_file(urlsplit(url).port or 80)):
        found_url, _, logs = _read(path)
        if found_url is not None and found_url.rstrip("/") == url.rstrip("/"):
            return logs
    return None


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


def _read(path: str) -> tuple[str | None, str | None, str | None]:
    """The url, token and logs of a discovery file; nothing if there is none that this user alone could have written."""
    try:
        with open(path, encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
                raise Denied(f"{path} can be read by others and is not trusted; remove it and start the hub again")
            found = json.load(file)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        # A hub that is just writing the file counts as not there yet.
        return None, None, None
    if not isinstance(found, dict) or not isinstance(found.get("url"), str):
        return None, None, None
    token, logs = found.get("token"), found.get("logs")
    return found["url"], token if isinstance(token, str) else None, logs if isinstance(logs, str) else None
