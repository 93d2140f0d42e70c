"""Endpoints by method and path, for applications whose routes nobody tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.sdk.services.routes import known_method, name_of, route_of

if TYPE_CHECKING:
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

MOST = 2000
"""Paths that are remembered: there may be as many as a service has users."""
LONGEST = 500
"""Characters of a path that matter; longer ones are not remembered."""


class EndpointsByPath(dict[tuple[str, str], "Endpoint"]):
    """The endpoint of each (method, path).  A dictionary, so that one which is known costs a look."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __missing__(self, asked: tuple[str, str]) -> Endpoint:
        method, route = known_method(asked[0]), route_of(asked[1][:LONGEST])
        found = self._service.endpoint(name_of(method, route), method=method, route=route)
        if len(self) >= MOST:
            self.clear()
        if len(asked[0]) + len(asked[1]) <= LONGEST:
            self[asked] = found
        return found
