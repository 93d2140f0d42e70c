"""Which host names are the hub's.  A page of another site that was rebound to our address names that other site."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\[\]:@/\\\s]+?))\.?(?::[0-9]{1,5})?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether the bound address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Hosts:
    """The allow-list: this machine's own names, the bound address, and ``[hub] hosts``."""

    def __init__(self, bound: str, named: Iterable[str] = ()) -> None:
        self._open = not is_loopback(bound)
        self._names = _LOOPBACK | {bound.lower()} | {name.lower() for name in named}
        if self._open:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    def allows(self, header: str) -> bool:
        """Whether a ``Host`` header (with or without a port) names this hub."""
        name = host_of(header)
        return name in self._names or (self._open and _is_address(name))


def host_of(header: str) -> str:
    """The name in ``name:port``, ``[::1]:port`` or ``name``, small, without a root's dot; "" if it is none of them."""
    found = _HOST.fullmatch(header)
    return (found[1] or found[2]).lower() if found else ""


def _is_address(name: str) -> bool:
    # A literal address cannot be rebound, so where the hub is reached from outside every one of its addresses will do.
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
