"""One route and method of a service, as the service knows it."""

from __future__ import annotations

from quarterdeck.sdk.services.measured import Measured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Endpoint:
    """One route and method of a service, and what was measured of it; ``facts`` are its scalars but the name.

    ``level`` is how closely it is looked at, ``said`` the one that the hub was told; ``told`` are the topics of which
    the hub has the facts.
    """

    __slots__ = ("facts", "level", "measured", "name", "said", "told")

    def __init__(self, name: str, facts: dict[str, Any], level: int) -> None:
        self.name = name
        self.facts = facts
        self.level = level
        self.said: int | None = None
        self.measured = Measured()
        self.told: set[str] = set()
