"""Which deck a command is about, and whether its hub runs."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.cli.client import HubClient
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub import discovery
from quarterdeck.hub.deck import Deck
from quarterdeck.hub.discovery import is_alive

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from quarterdeck.store.contract import Store


class TargetError(QuarterdeckError):
    """``code`` is no-deck or no-hub."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The option that all commands about a deck share."""
    parser.add_argument(
        "--deck", type=Path, metavar="DECK", help="the deck's folder (default: here, or $QUARTERDECK_DECK)"
    )


def find_deck(wanted: Path | None) -> Deck:
    """The deck that was named, or the one around this folder, or the one whose hub runs; raises TargetError."""
    named = wanted or _path(os.environ.get("QUARTERDECK_DECK"))
    if named is not None:
        return Deck(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        deck = Deck(folder)
        if deck.is_deck():
            return deck
    usual = discovery.read(discovery.user_file())
    for said in (usual, *discovery.living()) if is_alive(usual.get("pid")) else (*discovery.living(), usual):
        running = _path(said.get("deck"))
        if running is not None and running.is_dir():
            return Deck(running)
    raise TargetError(
        "no-deck", f"{here} is in no deck, and no hub runs.", "Name one: --deck DECK, or go to its folder."
    )


def find_hub(deck: Deck) -> HubClient | None:
    """The running hub of a deck, None if there is none."""
    said = discovery.read(deck.discovery)
    # Whoever listens on a dead hub's port must not be shown its token.
    if not is_alive(said.get("pid")) or not isinstance(said.get("url"), str):
        return None
    client = HubClient(said["url"], str(said.get("token")))
    return client if client.answers() else None


def need_hub(deck: Deck) -> HubClient:
    """The running hub of a deck; raises TargetError."""
    client = find_hub(deck)
    if client is None:
        hint = f"Start it: quarterdeck up {deck.folder}"
        raise TargetError("no-hub", f"No hub runs for the deck {deck.folder}.", hint)
    return client


@contextmanager
def open_store(deck: Deck) -> Iterator[Store]:
    """The deck's store, locked, for a command that found no hub; raises StoreError if there is one after all."""
    from quarterdeck.kinds.installed import installed_kinds
    from quarterdeck.store.sqlite import SqliteStore

    deck.prepare()
    store = SqliteStore(deck.database, installed_kinds())
    try:
        yield store
    finally:
        store.close()


def _path(text: object) -> Path | None:
    return Path(text) if isinstance(text, str) and text else None
