"""The hub of a web application's dashboard: started by the application's first request, and ended by nobody.

What it is told stands in one document of JSON on its standard input: ``name``, what the page calls the deck, and
``users``, the accounts that the application's configuration gives.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from quarterdeck.cli.serving import Listening, open_locked, serve_deck
from quarterdeck.hub.accounts.given import GivenUser  # noqa: TC001  # msgspec reads it
from quarterdeck.hub.deck import Deck, DeckError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from quarterdeck.hub.hub import Hub

_HERE = "127.0.0.1"


class Wanted(msgspec.Struct):
    """What the application says."""

    name: str | None = None
    users: tuple[GivenUser, ...] = ()


def serve_embedded(folder: Path, tell: Callable[[Hub, str | None, int], None]) -> None:
    """Serve the deck in ``folder``, which is made if need be, until nobody needs it.

    ``tell`` gets the hub, a link that logs in if one is needed, and the port.  Raises QuarterdeckError.
    """
    from quarterdeck.web.serve import listen

    wanted = msgspec.json.decode(sys.stdin.buffer.read(), type=Wanted)
    deck = _deck(folder, wanted.name)
    deck.prepare()
    store = open_locked(deck)
    try:
        bound = listen(_HERE, 0)
        port: int = bound.getsockname()[1]
        listening = Listening(
            _HERE, [bound], f"http://{_HERE}:{port}", usual=False, entrance="login", users=wanted.users, needed=True
        )
        serve_deck(deck, store, listening, lambda hub, link: tell(hub, link, port), lambda: None)
    finally:
        store.close()


def _deck(folder: Path, name: str | None) -> Deck:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        hint = "Let this user write there, or name another folder: DATABASE=sqlite:////folder/dashboard.db"
        raise DeckError("deck-readonly", f"{folder} cannot be made: {error.strerror}.", hint) from None
    deck = Deck(folder, name=name)
    if not deck.has_settings():
        # It is somebody's project, perhaps with scripts of its own, that nobody asked to run.
        deck.scripts = deck.own / "scripts"
    return deck
