"""The accounts that a service's configuration gives to the deck of its dashboard."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

from quarterdeck.sdk.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.sdk.services.configuration.config import Config

_PATIENCE = 20.0
_SHORT = 10
_report = Report()


def given_users(config: Config) -> list[dict[str, Any]]:
    """Name, role and passwords of each."""
    users: list[dict[str, Any]] = []
    if config.password:
        users.append({"name": config.username, "role": "admin", "passwords": [config.password]})
    if config.guest_password and not (users and config.guest_username == config.username):
        users.append({"name": config.guest_username, "role": "guest", "passwords": list(config.guest_password)})
    elif config.guest_password:
        _report("monitor", "GUEST_USERNAME is the name of the admin: there is no guest; choose another name")
    return users


def warn_of_short_passwords(users: list[dict[str, Any]], changed: list[str]) -> None:
    """Say so of the accounts that have changed: of several processes that tell the same, one has changed it."""
    for user in users:
        if user["name"] in changed and any(len(password) < _SHORT for password in user["passwords"]):
            _report("monitor", f"a password of {user['name']!r} is soon guessed: use {_SHORT} characters or more")


def give(url: str, token: str, users: list[dict[str, Any]]) -> list[str]:
    """Tell them to the hub at ``url`` with an admin's token; which of them were not so before.

    Raises OSError if that fails.
    """
    if not users:
        return []
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/users/given", json.dumps({"users": users}), headers)
        response = connection.getresponse()
        said = response.read(4096)
    except http.client.HTTPException as error:
        raise OSError(f"the hub at {url} broke off: {error!r}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise OSError(f"the hub at {url} takes no accounts: {said.decode('utf-8', 'replace')}")
    changed: list[str] = json.loads(said)["changed"]
    return changed
