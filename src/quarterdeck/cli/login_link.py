"""``quarterdeck login-link``: a link that logs in once, for 15 minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import target

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Print it."""
    print(target.need_hub(target.find_deck(options.deck)).post("/api/login-codes")["link"])
    return 0
