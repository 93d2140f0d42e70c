"""``quarterdeck new``: make a deck, or a script in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.cli import target
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    import argparse

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_SETTINGS = """\
# Everything here is optional; docs/reference.md names every setting.

[hub]
# port = 8080
# tz = "Europe/Berlin"     # rules schedules and days; default: this machine's

[retention]
# runs = 1000              # kept per script, and as many failures
"""
_LAYOUT = """\
<Grid>
    <Row>
        <Col md=12>
            <Text id="text" />
        </Col>
    </Row>
    <Row>
        <Col md=12>
            <LineChart id="chart" />
        </Col>
    </Row>
</Grid>
"""
_MODULE = """\
from datetime import timedelta
from random import randint

import quarterdeck as qd


@qd.hooks.setup
def setup(panel):
    # runs once for each version of this script; the store outlives runs and restarts
    panel.store["count"] = 0
    panel.components["chart"].max_points = 60


@qd.hooks.schedule(run_every=timedelta(seconds=1))
def update(panel):
    value = randint(0, 100)
    panel.components["text"].text = f"The current value is: {value}"
    panel.components["chart"].add_data(panel.store["count"], value)
    panel.store["count"] += 1
"""


class NewError(QuarterdeckError):
    """It cannot be made; ``code`` is new-name or new-exists."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="deck|script")
    deck = kinds.add_parser("deck", help="a folder with settings and a first script")
    deck.add_argument("name", type=Path, metavar="NAME")
    script = kinds.add_parser("script", help="a script with a layout, in the deck's folder scripts/")
    script.add_argument("name", metavar="NAME")
    target.configure(script)


def run(options: argparse.Namespace) -> int:
    """Make it, and say what to do next."""
    if options.kind == "deck":
        return _new_deck(options.name)
    place = target.find_deck(options.deck).scripts / _checked(options.name)
    _write(place, options.name)
    print(f"{place}: edit it; a running hub sees it at once.")
    return 0


def _new_deck(folder: Path) -> int:
    if folder.exists() and any(folder.iterdir()):
        raise NewError("new-exists", f"The folder {folder} is not empty.", "Choose another name.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quarterdeck.toml").write_text(_SETTINGS, encoding="utf-8")
    _write(folder / "scripts" / "first", "first")
    print(f"{folder} is a deck with one script. Start it: quarterdeck up {folder}")
    return 0


def _write(place: Path, name: str) -> None:
    if place.exists():
        raise NewError("new-exists", f"There is {place} already.", "Choose another name.")
    place.mkdir(parents=True)
    (place / "layout.html").write_text(_LAYOUT, encoding="utf-8")
    module = re.sub(r"\W", "_", name)
    (place / f"{module}.py").write_text(_MODULE, encoding="utf-8")


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        hint = "Use letters, digits, - _ and ., beginning with a letter or digit."
        raise NewError("new-name", f"{name!r} cannot name a script.", hint)
    return name
