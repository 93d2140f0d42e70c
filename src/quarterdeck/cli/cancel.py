"""``quarterdeck cancel``: end a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import target
from quarterdeck.cli.deck_view import HubView
from quarterdeck.cli.naming import NamingError, run_topic
from quarterdeck.core.topics import join, split

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("run", metavar="RUN", help="the id of a run, or a script for its latest")
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Ask the script for it."""
    deck = target.find_deck(options.deck)
    client = target.need_hub(deck)
    topic = run_topic(HubView(deck, client), options.run)
    script = (client.state(topic) or {}).get("script")
    if script is None:
        raise NamingError("unknown-name", f"{topic} is no run of a script.", "Find it: quarterdeck status SCRIPT")
    client.call(join("script", script), "cancel", {"run": split(topic)[1]})
    return 0
