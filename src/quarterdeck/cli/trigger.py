"""``quarterdeck trigger``: run a scheduled script now."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from quarterdeck.cli import target
from quarterdeck.cli.deck_view import HubView
from quarterdeck.cli.naming import script_topic
from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.topics import join

if TYPE_CHECKING:
    from quarterdeck.cli.client import HubClient

_SLOWEST = 0.5  # seconds between two looks


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("--hook", metavar="NAME", help="which of its hooks (default: its only one, or the first)")
    parser.add_argument(
        "--arg", action="append", default=[], metavar="K=V", type=_pair, help="an argument; V is JSON or text"
    )
    parser.add_argument("--wait", action="store_true", help="wait for the end; the exit code is 0 if the run is done")
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Trigger it, and print the id of the run."""
    deck = target.find_deck(options.deck)
    client = target.need_hub(deck)
    topic = script_topic(HubView(deck, client), options.script)
    args = {"hook": options.hook, "args": dict(options.arg)}
    answer = client.call(topic, "trigger", {name: value for name, value in args.items() if value})
    print(answer["run"], flush=True)
    return _wait(client, answer["run"]) if options.wait else 0


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not K=V")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _wait(client: HubClient, run_id: str) -> int:
    pause = 0.05
    while True:
        state = client.state(join("run", run_id)) or {}
        if state.get("state") in END_STATES:
            print(f"{state['state']}: {state.get('reason') or ''}".rstrip(": "), file=sys.stderr)
            if state.get("traceback"):
                print(state["traceback"].rstrip(), file=sys.stderr)
            return 0 if state["state"] == "done" else 1
        time.sleep(pause)
        pause = min(pause * 1.5, _SLOWEST)
