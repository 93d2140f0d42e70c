"""Serves a deck: what every command that starts a hub does."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.cli.target import find_hub
from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from typing import Any

    from quarterdeck.hub.accounts.given import GivenUser
    from quarterdeck.hub.deck import Deck
    from quarterdeck.hub.hub import Hub
    from quarterdeck.store.contract import Store

COLLECTED = (50_000, 20, 20)
"""New objects before the collector looks at them, and how often it looks at older ones (``gc.set_threshold``).

Nearly all that is new is the states of topics, which stay: each look costs for all of them, and finds nothing.
"""

TURN = 0.001
"""Seconds for which a commit, or figures for a page, may compute while viewers wait (``sys.setswitchinterval``)."""


class Listening(NamedTuple):
    """Where a hub listens: the address, the sockets that are bound to it, and the ``url`` of the page.

    ``usual`` is whether this user's producers find it without naming one; when the pipe ``beside`` is closed at its
    other end, the hub ends; ``entrance`` is the page that login links lead to.  ``users`` are accounts that
    are given to the deck; the hub of a ``needed`` one ends when nobody needs it any longer.
    """

    host: str
    sockets: Sequence[socket.socket]
    url: str
    usual: bool = True
    beside: int | None = None
    entrance: str = "login"
    users: tuple[GivenUser, ...] = ()
    needed: bool = False

    @property
    def ports(self) -> list[int]:
        """The port of each socket."""
        return [bound.getsockname()[1] for bound in self.sockets]


def open_locked(deck: Deck) -> Store:
    """The deck's store, for the one hub that it may have; raises StoreError."""
    from quarterdeck.kinds.installed import installed_kinds
    from quarterdeck.store.sqlite import SqliteStore

    try:
        with room_needed(deck):
            return SqliteStore(deck.database, installed_kinds())
    except StoreError as error:
        client = find_hub(deck) if error.code == "locked" else None
        if client is None:
            raise
        hint = "Open that, or get a link to it: quarterdeck login-link"
        raise StoreError("locked", f"A hub runs for this deck already: {client.url}.", hint) from None


@contextmanager
def room_needed(deck: Deck) -> Iterator[None]:
    """A hub that runs waits for room, one that starts says that it needs some."""
    try:
        yield
    except StoreError as error:
        raise (deck.full() if error.code == "full" else error) from None


def serve_deck(
    deck: Deck,
    store: Store,
    listening: Listening,
    ready: Callable[[Hub, str | None], None],
    ending: Callable[[], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C, or whatever else ends it; ``ending`` is called then.

    ``ready`` gets the hub and a link that logs in, if one is needed.
    """
    _loop_of()(_serve(deck, store, listening, ready, ending))


async def _serve(
    deck: Deck,
    store: Store,
    listening: Listening,
    ready: Callable[[Hub, str | None], None],
    ending: Callable[[], None],
) -> None:
    from quarterdeck.hub.accounts.audit import Audit
    from quarterdeck.hub.accounts.given import give
    from quarterdeck.hub.clock import SystemClock
    from quarterdeck.hub.hub import Hub
    from quarterdeck.web.app import create_app
    from quarterdeck.web.quiet import Quiet
    from quarterdeck.web.serve import serve

    where: dict[str, Any] = {"host": listening.host, "url": listening.url, "ports": listening.ports}
    hub = Hub(deck, store, SystemClock(), **where, usual=listening.usual)
    hub.entrance = listening.entrance

    def announce() -> None:
        # What was loaded to start stays for good, and frames hold no cycles: the collector need not look often.
        gc.freeze()
        gc.set_threshold(*COLLECTED)
        sys.setswitchinterval(TURN)
        ready(hub, link)

    with room_needed(deck):
        await hub.start()
    try:
        hub.given = await give(hub.accounts, Audit(hub.board), listening.users)
        link = hub.login_link(await hub.accounts.new_code()) if hub.accounts.needs_password else None
        app, over = create_app(hub), None
        if listening.needed:
            app = quiet = Quiet(app)
            over = quiet.over
        await serve(app, listening.sockets, announce, listening.beside, over)
    finally:
        ending()
        await hub.stop()


def _loop_of() -> Callable[[Coroutine[Any, Any, None]], None]:
    """uvloop where it exists."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return asyncio.run
    return uvloop.run
