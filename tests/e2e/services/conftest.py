"""A hub in this process, and what it knows of services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import quarterdeck.testing
from quarterdeck.core.topics import join
from quarterdeck.sdk.services import service as services
from quarterdeck.sdk.services.service import Service, close_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.testing.local import LocalHub


class Seen:
    """What the hub knows of the service "shop"."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub = hub

    def service(self) -> dict[str, Any]:
        """The service."""
        close_all()
        return self.hub.state("service/shop") or {}

    def endpoint(self, name: str) -> dict[str, Any]:
        """One endpoint of it, by its method and route."""
        close_all()
        return self.hub.state(join("service", "shop", "endpoint", name)) or {}

    def hits(self) -> dict[str, dict[str, int]]:
        """The counts by status of every endpoint that was told."""
        close_all()
        return {state["name"]: state["status"] for state in self.hub.topics("endpoint").values()}

    def errors(self) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
        """The groups of errors by type: their counts, and those by endpoint."""
        close_all()
        states = self.hub.topics("exception").values()
        return {state["type"]: (state["counts"], state["endpoints"]) for state in states}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    # Tests tell for themselves, so that no time passes.
    monkeypatch.setattr(Service, "_wake", lambda self: None)
    with quarterdeck.testing.hub() as hub:
        yield Seen(hub)
        # What is left of them until it is collected has nothing to tell in the next test.
        services._services.clear()
        close_all()  # what a test left untold is not the next one's
