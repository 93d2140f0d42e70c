"""``quarterdeck status``: how the deck, or one script, is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from quarterdeck.cli import show, target
from quarterdeck.cli.deck_view import HubView, open_view
from quarterdeck.cli.naming import script_topic
from quarterdeck.core.topics import split

if TYPE_CHECKING:
    import argparse

    from quarterdeck.cli.deck_view import View

_RUNS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="a script")
    target.configure(parser)
    show.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Show it."""
    with open_view(options.deck) as view:
        said = _deck(view) if options.name is None else _script(view, options.name)
    if options.json:
        show.show_json(said)
    elif options.name is None:
        _show_deck(said)
    else:
        _show_script(said)
    return 0


def _deck(view: View) -> dict[str, Any]:
    scripts = view.topics("script")
    return {
        "deck": str(view.deck.folder),
        "url": view.client.url if isinstance(view, HubView) else None,
        "scripts": dict(Counter(str(script.get("state")) for script in scripts)),
        "attention": [
            script["topic"] for script in scripts if script.get("attention") or script.get("state") == "broken"
        ],
    }


def _show_deck(said: dict[str, Any]) -> None:
    print(f"deck     {said['deck']}")
    print(f"hub      {said['url'] or 'not running; start it: quarterdeck up'}")
    counts = ", ".join(f"{count} {state}" for state, count in sorted(said["scripts"].items()))
    print(f"scripts  {counts or 'none yet; make one: quarterdeck new script NAME'}")
    for topic in said["attention"]:
        name = split(topic)[1]
        print(f"attention  {name}: quarterdeck status {name}")


def _script(view: View, name: str) -> dict[str, Any]:
    topic = script_topic(view, name)
    runs = view.topics("run", where=f"script = {split(topic)[1]}", order="-started", limit=_RUNS)
    kept = ("topic", "hook", "state", "reason", "started", "duration", "error")
    return {
        "topic": topic,
        **(view.state(topic) or {}),
        "latest": [{key: run.get(key) for key in kept} for run in runs],
    }


def _show_script(said: dict[str, Any]) -> None:
    print(f"script   {split(said['topic'])[1]}  ({said.get('path')})")
    print(f"state    {said.get('state')}" + (f": {said['reason']}" if said.get("reason") else ""))
    paused, lately = said.get("paused") or {}, said.get("lately") or {}
    for hook, details in (said.get("hooks") or {}).items():
        pause = paused.get(hook) or paused.get("*")
        then = (
            f"paused {show.moment(pause['at'])} by {pause['by']}"
            if pause
            else f"next {show.moment((lately.get(hook) or {}).get('next'))}"
        )
        print(f"hook     {hook}: {details.get('text')}, {then}")
    if said.get("traceback"):
        print(said["traceback"].rstrip())
    print()
    show.show_table(
        ("RUN", "HOOK", "STATE", "STARTED", "TOOK", "WHY"),
        [
            (
                split(run["topic"])[1],
                run["hook"],
                run["state"],
                show.moment(run["started"]),
                show.duration(run["duration"]),
                run["reason"] or (run["error"] or {}).get("message"),
            )
            for run in said["latest"]
        ],
    )
