"""Where a dashboard is: every form of host, and whether that is this machine."""

from __future__ import annotations

import socket

_EVERY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
"""What stands for all addresses of a machine is no address to connect to: this machine's own is meant."""


class Address:
    """``host`` as it was given, None for this machine; ``name`` is how it is connected to."""

    __slots__ = ("name", "port")

    def __init__(self, host: bytes | str | None, port: int) -> None:
        text = host.decode() if isinstance(host, bytes) else host or ""
        name = text.strip().removeprefix("[").removesuffix("]")
        self.name = _EVERY.get(name, name)
        self.port = int(port)

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"

    @property
    def url(self) -> str:
        """As producers are told it."""
        return f"http://{self}"

    def is_here(self) -> bool:
        """Whether it is this machine: only an address of one's own can be bound to."""
        try:
            found = socket.getaddrinfo(self.name, 0, type=socket.SOCK_DGRAM)
            for family, kind, protocol, _, address in found:
                with socket.socket(family, kind, protocol) as bound:
                    bound.bind(address)
        except (OSError, UnicodeError):
            return False
        return True
