"""``quarterdeck dashboard``: a hub without a deck of one's own, for the progress of programs.

Beside a program (``--beside``, see ``quarterdeck.dashboard.start_dashboard``) it says in one line of JSON where it is,
or why not, and ends with its standard input, leaving nothing.  So it does for a web application (``--embedded``, see
``quarterdeck.monitor.bind``), until nobody needs it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.cli.embedded import serve_embedded
from quarterdeck.cli.serving import Listening, open_locked, serve_deck
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub import discovery
from quarterdeck.hub.deck import Deck
from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from quarterdeck.hub.hub import Hub
    from quarterdeck.store.contract import Store

NAME = "dashboard"
_HERE = ("127.0.0.1", "localhost")
_ANYWHERE = ("0.0.0.0", "::")
_FAILED = 1


class Place(NamedTuple):
    """Where a dashboard listens, and how that is said: ``manager`` is the host for programs."""

    listening: Listening
    manager: str

    def details(self) -> dict[str, int | str]:
        """As ``start_dashboard`` returns it."""
        first, last = self.listening.ports
        return {"dashboard_port_nr": first, "manager_host": self.manager, "manager_port_nr": last}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument(
        "--port-range",
        type=ports_of,
        default="8080-8100",
        metavar="A-B",
        help="the ports to choose from, A up to but not including B: the lowest free one for the page, the highest for "
        "programs (default: 8080-8100)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine alone)")
    parser.add_argument(
        "--embedded",
        type=Path,
        metavar="DECK",
        help="as the dashboard of a web application does: on a port of its own, for the deck in this folder, until "
        "nobody has needed it for ten minutes",
    )
    parser.add_argument(
        "--beside", action="store_true", help="as start_dashboard does: end with standard input, and keep nothing"
    )


def run(options: argparse.Namespace) -> int:
    """Start it, and serve until SIGTERM or Ctrl-C."""
    if options.embedded is not None:
        return _said(lambda: serve_embedded(options.embedded, _tell_embedded))
    if not options.beside:
        print("Starting Quarterdeck dashboard...", flush=True)
        with _kept() as (deck, store):
            place = _listen(options, usual=not _has_hub())
            serve_deck(deck, store, place.listening, lambda _hub, link: _announce(place, link), lambda: None)
        return 0
    return _said(lambda: _beside(options))


def _beside(options: argparse.Namespace) -> None:
    with _passing() as (deck, store):
        place = _listen(options, usual=False)
        serve_deck(deck, store, place.listening, lambda hub, link: _tell(hub, link, place.details()), lambda: None)


def _said(serve: Callable[[], None]) -> int:
    """Serve, and say in a line of JSON why not; returns the exit code."""
    try:
        serve()
    except QuarterdeckError as error:
        print(json.dumps({"error": {"code": error.code, "message": error.message, "hint": error.hint}}), flush=True)
        return _FAILED
    return 0


def ports_of(text: str) -> list[int]:
    """The ports of "8080-8100", which is without 8100, of "8080", or of several such between commas."""
    try:
        ports = [port for span in text.split(",") for port in _span(*map(int, span.split("-")))]
    except (ValueError, TypeError):
        ports = []
    if len(set(ports)) < 2 or not all(0 < port < 65536 for port in ports):
        raise argparse.ArgumentTypeError(f"{text!r} does not name two ports or more; say it like 8080-8100")
    return ports


def _span(first: int, end: int | None = None) -> range:
    return range(first, first + 1 if end is None else end)


@contextmanager
def _kept() -> Iterator[tuple[Deck, Store]]:
    """The deck that this user's dashboards have, and its store; a passing one, if another dashboard has that."""
    folder = discovery.state_folder() / NAME
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    deck = Deck(folder)
    deck.prepare()
    try:
        store = open_locked(deck)
    except StoreError as error:
        if error.code != "locked":
            raise
        print("Another dashboard of yours is running; this one keeps its jobs only until it ends.")
        with _passing() as passing:
            yield passing
        return
    try:
        yield deck, store
    finally:
        store.close()


@contextmanager
def _passing() -> Iterator[tuple[Deck, Store]]:
    """A deck that goes when its hub ends."""
    folder = Path(tempfile.mkdtemp(prefix="quarterdeck-"))
    try:
        (folder / NAME).mkdir()
        deck = Deck(folder / NAME)
        deck.prepare()
        store = open_locked(deck)
        try:
            yield deck, store
        finally:
            store.close()
    finally:
        shutil.rmtree(folder)


def _listen(options: argparse.Namespace, *, usual: bool) -> Place:
    from quarterdeck.web.serve import listen_at_both_ends

    host = options.host
    sockets = listen_at_both_ends(host, options.port_range)
    shown = "localhost" if host in (*_HERE, *_ANYWHERE) else f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{sockets[0].getsockname()[1]}"
    beside = sys.stdin.fileno() if options.beside else None
    manager = "localhost" if host in _HERE else socket.gethostname() if host in _ANYWHERE else host
    return Place(Listening(host, sockets, url, usual, beside, "jobs"), manager)


def _has_hub() -> bool:
    """Whether a hub is there already for this user's producers to find."""
    return discovery.is_alive(discovery.read(discovery.user_file()).get("pid"))


def _announce(place: Place, link: str | None) -> None:
    details = place.details()
    port = details["manager_port_nr"]
    print()
    print(f"Quarterdeck dashboard started on {place.listening.url}")
    print(f"Server is listening on {place.manager}:{port}")
    print("-" * 50)
    if link is not None:
        print(f"Log in, once, within 15 minutes: {link}")
    print(f"Your programs on this machine: connect_to_dashboard({port})")
    print("Elsewhere, token=... besides, from: quarterdeck token new NAME --scope producer")
    print("Ctrl-C ends it.", flush=True)


def _tell_embedded(hub: Hub, link: str | None, port: int) -> None:
    _tell(hub, link, {"dashboard_port_nr": port, "given": list(hub.given)})


def _tell(hub: Hub, link: str | None, details: Mapping[str, object]) -> None:
    """Say where it is, and nothing more: from here on the program's own output is no place for ours."""
    with suppress(BrokenPipeError):  # who started it may have ended meanwhile
        print(json.dumps({**details, "folder": str(hub.deck.folder), "link": link}), flush=True)
    log = os.open(hub.deck.logs / "hub.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(log, descriptor)
    os.close(log)
