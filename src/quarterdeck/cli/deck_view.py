"""What commands read of a deck, from its running hub or, without one, from its store."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.cli.target import find_deck, find_hub, open_store
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from quarterdeck.cli.client import HubClient, State
    from quarterdeck.hub.deck import Deck
    from quarterdeck.store.contract import Store


class View(Protocol):
    """Both ways to read."""

    deck: Deck

    def topics(self, kind: str, where: str | None = None, order: str | None = None, limit: int = 1000) -> list[State]:
        """States of a list, each with its name as ``topic``."""
        ...

    def state(self, topic: str) -> State | None:
        """The state of one topic; None if there is none."""
        ...

    def log(self, topic: str, start: int | None) -> dict[str, Any]:
        """Some lines of a run: {"lines", "next", "end"}."""
        ...


@contextmanager
def open_view(wanted: Path | None) -> Iterator[View]:
    """The deck, by its hub if that runs; raises TargetError and StoreError."""
    deck = find_deck(wanted)
    client = find_hub(deck)
    if client is not None:
        yield HubView(deck, client)
        return
    with open_store(deck) as store:
        yield StoreView(deck, store)


class HubView:
    """Through the running hub."""

    def __init__(self, deck: Deck, client: HubClient) -> None:
        self.deck = deck
        self.client = client

    def topics(self, kind: str, where: str | None = None, order: str | None = None, limit: int = 1000) -> list[State]:
        """States of a list."""
        return self.client.topics(kind, where=where, order=order, limit=limit)

    def state(self, topic: str) -> State | None:
        """The state of one topic."""
        return self.client.state(topic)

    def log(self, topic: str, start: int | None) -> dict[str, Any]:
        """Some lines of a run."""
        from urllib.parse import quote

        found: dict[str, Any] = self.client.get(f"/api/logs/{quote(topic, safe='')}", **{"from": start})
        return found


class StoreView:
    """From the store, which this command has locked."""

    def __init__(self, deck: Deck, store: Store) -> None:
        self.deck = deck
        self._store = store

    def topics(self, kind: str, where: str | None = None, order: str | None = None, limit: int = 1000) -> list[State]:
        """States of a list."""
        from quarterdeck.store.query import parse_query

        query = parse_query(kind, where=[where] if where else [], order=order, limit=limit)
        return [{"topic": item.topic, **item.state.values} for item in self._store.topics(query).items]

    def state(self, topic: str) -> State | None:
        """The state of one topic."""
        found = self._store.load(topic)
        return None if found is None else found.values

    def log(self, topic: str, start: int | None) -> dict[str, Any]:
        """Some lines of a run."""
        from quarterdeck.hub.logs import read_log

        said = (self.state(topic) or {}).get("log")
        if not said:
            raise QuarterdeckError("not-found", f"{topic} has no log.", "Only runs have one: quarterdeck logs SCRIPT")
        return read_log(self.deck.logs, said, start=start)._asdict()
