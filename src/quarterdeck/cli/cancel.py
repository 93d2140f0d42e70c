"""``quarterdeck cancel``: end a run, or stop the program of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import target
from quarterdeck.cli.deck_view import HubView
from quarterdeck.cli.naming import NamingError, executed_topic
from quarterdeck.core.topics import join, split

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument(
        "name", metavar="RUN_OR_JOB", help="the id of a run or a job, or a script or program for its latest run"
    )
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Ask the script, or the program, for it."""
    deck = target.find_deck(options.deck)
    client = target.need_hub(deck)
    view = HubView(deck, client)
    topic = executed_topic(view, options.name)
    if topic.startswith("job/"):
        client.call(topic, "stop", {})
        return 0
    script = (client.state(topic) or {}).get("script")
    if script is None:
        raise NamingError("unknown-name", f"{topic} is no run of a script.", "Find it: quarterdeck status SCRIPT")
    client.call(join("script", script), "cancel", {"run": split(topic)[1]})
    return 0
