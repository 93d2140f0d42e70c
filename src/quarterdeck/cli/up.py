"""``quarterdeck up``: start the hub for a deck."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.cli.serving import Listening, open_locked, serve_deck
from quarterdeck.hub.deck import Deck

if TYPE_CHECKING:
    import argparse

    from quarterdeck.hub.hub import Hub

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
    store = open_locked(deck)
    try:
        host = options.host or deck.settings.hub.host
        bound = listen(host, deck.settings.hub.port if options.port is None else options.port)
        listening = Listening(host, [bound], f"http://{_shown(host)}:{bound.getsockname()[1]}")
        serve_deck(deck, store, listening, lambda hub, link: _announce(hub, link, options.open), _say_end)
    finally:
        store.close()
    return 0


def _announce(hub: Hub, link: str | None, show: bool) -> None:
    print(f"Quarterdeck: the deck {hub.deck.name} is at {hub.url}")
    if link is not None:
        print(f"Log in, once, within 15 minutes: {link}")
    print("Ctrl-C ends it.", flush=True)
    if show:
        import webbrowser

        webbrowser.open(link or hub.url)


def _say_end() -> None:
    print("Ending: runs have ten seconds.", file=sys.stderr, flush=True)


def _shown(host: str) -> str:
    name = _ANYWHERE.get(host, host)
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
