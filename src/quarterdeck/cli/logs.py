"""``quarterdeck logs``: the log of a run, or of a program; by the name of one, of its latest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from quarterdeck.cli import show, target
from quarterdeck.cli.deck_view import open_view
from quarterdeck.cli.naming import executed_topic, newest_run
from quarterdeck.core.topics import split

if TYPE_CHECKING:
    import argparse

    from quarterdeck.cli.deck_view import View

_PAUSE = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument(
        "name", metavar="NAME", help="a script or a program, for its latest run, or the id of a run or a job"
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on: a script's next runs too")
    target.configure(parser)
    show.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Print it."""
    with open_view(options.deck) as view:
        topic = executed_topic(view, options.name)
        place = _print(view, topic, None, options.json)
        while options.follow and topic:
            topic, place = _next(view, topic, place, options)
    return 0


def _next(view: View, topic: str, place: int, options: argparse.Namespace) -> tuple[str, int]:
    """Print what came since; returns where to go on, an empty topic at the end."""
    state = view.state(topic) or {}
    place = _print(view, topic, place, options.json)
    if state.get("state") in ("running", "waiting"):
        time.sleep(_PAUSE)
        return topic, place
    if topic.startswith("job/") or options.name in (topic, split(topic)[-1]):
        return "", place
    newest = newest_run(view, str(state.get("script")))
    if newest is None or newest["topic"] == topic:
        time.sleep(_PAUSE)
        return topic, place
    return str(newest["topic"]), _print(view, str(newest["topic"]), None, options.json)


def _print(view: View, topic: str, start: int | None, as_json: bool) -> int:
    if not (view.state(topic) or {}).get("log"):
        return start or 0
    while True:
        page = view.log(topic, start)
        for line in page["lines"]:
            _print_line(line, as_json)
        start = int(page["next"])
        if start >= page["end"]:
            return start


def _print_line(line: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.show_line(line)
    else:
        print(f"{show.moment(line.get('time'))} {line.get('source', '')} {line.get('text', '')}", flush=True)
