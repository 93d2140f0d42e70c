"""Whether a dashboard is there and takes this program's token: asked once, before anything is told to it."""

from __future__ import annotations

import http.client
import json
import os

from quarterdeck.sdk.discovery import token_of_port
from quarterdeck.sdk.transport import Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.sdk.dashboard.address import Address

PATIENCE = 10.0
"""Seconds in which a dashboard answers."""
_ROLES = ("producer", "admin")
_MEND = (
    "quarterdeck token new NAME --scope producer makes one where the dashboard runs; give it as token=, or set it as \
QUARTERDECK_TOKEN"
)


def admitted(address: Address, token: str | None) -> str:
    """The token with which the dashboard there takes what this program tells.

    That is the one given, else what the dashboard has left for its own user on this machine, else QUARTERDECK_TOKEN.
    Raises ConnectionRefusedError if no dashboard answers there, PermissionError if it does not take the token.
    """
    secret = token or _left(address) or os.environ.get("QUARTERDECK_TOKEN") or ""
    status, said = _ask(address, secret)
    if status == 401:
        why = "does not know this token" if secret else "wants a token"
        raise PermissionError(f"the dashboard at {address} {why}: {_MEND}")
    if status != 200:
        raise PermissionError(f"the dashboard at {address} does not let this program in: {_told(said)}")
    if said.get("role") not in _ROLES:
        raise PermissionError(f"this token may only look at the dashboard at {address}: {_MEND}")
    return secret


def _left(address: Address) -> str | None:
    """What the dashboard has left for its own user on this machine."""
    try:
        return token_of_port(address.port) if address.is_here() else None
    except Denied as denied:
        raise PermissionError(denied.message) from None


def _ask(address: Address, secret: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(address.name, address.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/api/me", headers={"Authorization": f"Bearer {secret}"} if secret else {})
        response = connection.getresponse()
        status, said = response.status, json.loads(response.read())
    except (OSError, UnicodeError, OverflowError) as error:
        raise ConnectionRefusedError(f"no dashboard answers at {address}: {error}") from None
    except (http.client.HTTPException, ValueError):
        raise ConnectionRefusedError(f"what answers at {address} is no dashboard") from None
    finally:
        connection.close()
    if not isinstance(said, dict) or not ("role" in said or "error" in said):
        raise ConnectionRefusedError(f"what answers at {address} is no dashboard")
    return status, said


def _told(said: dict[str, Any]) -> str:
    error = said.get("error")
    return f"{error.get('message')} {error.get('hint', '')}".rstrip() if isinstance(error, dict) else "it says no more"
