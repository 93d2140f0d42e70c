"""``quarterdeck pause``: let schedules start nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import target
from quarterdeck.cli.deck_view import HubView
from quarterdeck.cli.naming import script_topic

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("--hook", metavar="NAME", help="only this one of its hooks (default: the whole script)")
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Ask the script for it."""
    return ask(options, "pause")


def ask(options: argparse.Namespace, what: str) -> int:
    """``pause`` or ``resume`` the script, or one of its hooks."""
    deck = target.find_deck(options.deck)
    client = target.need_hub(deck)
    topic = script_topic(HubView(deck, client), options.script)
    client.call(topic, what, {"hook": options.hook} if options.hook else {})
    return 0
