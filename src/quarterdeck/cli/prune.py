"""``quarterdeck prune``: let go of what lies beyond the limits of what is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quarterdeck.cli import show, target

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from quarterdeck.hub.deck import Deck
    from quarterdeck.store.contract import Page, Store, TopicChange
    from quarterdeck.store.query import Query


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    show.configure(parser)
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Ask the running hub for it, or do it."""
    deck = target.find_deck(options.deck)
    client = target.find_hub(deck)
    if client is None:
        found = _prune(deck, dry=options.dry_run)
    else:
        found = client.call("retention", "preview", {})
        if not options.dry_run:
            client.call("retention", "clean", {})
    if options.json:
        show.show_json(found)
    else:
        runs = f"{found['runs']} runs, {found['failures']} failures"
        logs = f"{found['log_bytes']} bytes of logs in {found['log_files']} files"
        print(f"{runs} and {logs} {'would go' if options.dry_run else 'go'}")
    return 0


def _prune(deck: Deck, *, dry: bool) -> dict[str, Any]:
    from quarterdeck.hub.clock import SystemClock
    from quarterdeck.hub.committed import StoredRecords
    from quarterdeck.hub.retention.limits import ChosenLimits
    from quarterdeck.hub.retention.plan import plan
    from quarterdeck.hub.retention.pruning import Pruning

    clock = SystemClock()
    with target.open_store(deck) as store:
        limits = ChosenLimits(deck.settings.retention, StoredRecords(store))
        found = plan(store, deck.logs, limits.limits, clock.now())._asdict()
        if not dry:
            asyncio.run(Pruning(StoreBoard(store), store, deck.logs, limits, clock).sweep())
    return found


class StoreBoard:
    """A store without a hub, as retention ends topics on it: nobody watches."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ends: list[TopicChange] = []

    def end(self, topics: Iterable[str]) -> None:
        """With the next commit."""
        from quarterdeck.kinds import kind_of
        from quarterdeck.store.contract import TopicChange

        for topic in topics:
            kind = kind_of(topic)
            self._ends.append(TopicChange(topic, kind.name if kind else None, [["drop"]]))

    async def committed(self) -> None:
        """Commit what was published."""
        from quarterdeck.store.contract import Commit

        if self._ends:
            self._store.commit(Commit(changes=self._ends))
            self._ends = []

    async def list(self, query: Query) -> Page:
        """A page of a list."""
        return self._store.topics(query)
