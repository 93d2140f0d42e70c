"""``quarterdeck up``: start the hub for a deck."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.cli.target import find_hub
from quarterdeck.hub.deck import Deck
from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    import argparse
    import socket
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any

    from quarterdeck.store.contract import Store

COLLECTED = (20_000, 20, 20)
"""New objects before the collector looks at them, and how often it looks at older ones (``gc.set_threshold``)."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    import argparse

    parser.add_argument("deck", nargs="?", type=Path, default=Path(), metavar="DECK", help="the folder (default: here)")
    parser.add_argument("--host", help="the address to listen on (default: 127.0.0.1, this machine alone)")
    parser.add_argument("--port", type=int, help="the port (default: 8080, or the next free one up to 8099)")
    parser.add_argument("--apps-port", type=int, help=argparse.SUPPRESS)  # accepted already; nothing is hosted yet
    parser.add_argument(
        "--open", action=argparse.BooleanOptionalAction, default=False, help="open the page in this machine's browser"
    )


def run(options: argparse.Namespace) -> int:
    """Start it, and serve until SIGTERM or Ctrl-C."""
    from quarterdeck.web.serve import listen

    deck = Deck(options.deck)
    deck.prepare()
    store = _open(deck)
    try:
        host = options.host or deck.settings.hub.host
        bound = listen(host, deck.settings.hub.port if options.port is None else options.port)
        url = f"http://{_shown(host)}:{bound.getsockname()[1]}"
        _loop_of()(_serve(deck, store, bound, host, url, options.open))
    finally:
        store.close()
    return 0


def _open(deck: Deck) -> Store:
    from quarterdeck.kinds.installed import installed_kinds
    from quarterdeck.store.sqlite import SqliteStore

    try:
        with _room_needed(deck):
            return SqliteStore(deck.database, installed_kinds())
    except StoreError as error:
        client = find_hub(deck) if error.code == "locked" else None
        if client is None:
            raise
        hint = "Open that, or get a link to it: quarterdeck login-link"
        raise StoreError("locked", f"A hub runs for this deck already: {client.url}.", hint) from None


@contextmanager
def _room_needed(deck: Deck) -> Iterator[None]:
    """A hub that runs waits for room, one that starts says that it needs some."""
    try:
        yield
    except StoreError as error:
        raise (deck.full() if error.code == "full" else error) from None


async def _serve(deck: Deck, store: Store, bound: socket.socket, host: str, url: str, show: bool) -> None:
    from quarterdeck.hub.clock import SystemClock
    from quarterdeck.hub.hub import Hub
    from quarterdeck.web.app import create_app
    from quarterdeck.web.serve import serve

    hub = Hub(deck, store, SystemClock(), host=host, url=url)
    with _room_needed(deck):
        await hub.start()
    try:
        link = hub.login_link(await hub.accounts.new_code()) if hub.accounts.needs_password else None
        await serve(create_app(hub), bound, lambda: _announce(deck, url, link, show))
    finally:
        print("Ending: runs have ten seconds.", file=sys.stderr, flush=True)
        await hub.stop()


def _announce(deck: Deck, url: str, link: str | None, show: bool) -> None:
    # What was loaded to start stays for good, and frames hold no cycles: the collector need not look at either often.
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    print(f"Quarterdeck: the deck {deck.name} is at {url}")
    if link is not None:
        print(f"Log in, once, within 15 minutes: {link}")
    print("Ctrl-C ends it.", flush=True)
    if show:
        import webbrowser

        webbrowser.open(link or url)


def _loop_of() -> Callable[[Coroutine[Any, Any, None]], None]:
    """uvloop where it exists."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return asyncio.run
    return uvloop.run


def _shown(host: str) -> str:
    name = _ANYWHERE.get(host, host)
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
