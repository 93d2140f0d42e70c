"""``quarterdeck ls``: the scripts on deck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import show, target
from quarterdeck.cli.deck_view import open_view
from quarterdeck.core.topics import split

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    target.configure(parser)
    show.configure(parser)


def run(options: argparse.Namespace) -> int:
    """List them."""
    with open_view(options.deck) as view:
        scripts = view.topics("script", order="topic")
    if options.json:
        show.show_json(scripts)
        return 0
    show.show_table(
        ("SCRIPT", "STATE", "LAST RUN", "RESULT", "TOOK", "NEXT"),
        [
            (
                split(script["topic"])[1],
                "paused"
                if "*" in (script.get("paused") or {}) and script.get("state") == "idle"
                else script.get("state"),
                show.moment(script.get("last_started")),
                script.get("last_state"),
                show.duration(script.get("last_duration")),
                show.moment(script.get("next_due")),
            )
            for script in scripts
        ],
    )
    if not scripts:
        print("No scripts yet. Make one: quarterdeck new script NAME")
    return 0
