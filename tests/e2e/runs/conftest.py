"""A deck whose script takes arguments and fails when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.test_sample import Up, log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

ARCHIVE = """\
from __future__ import annotations

import datetime
from enum import Enum
from typing import Literal

import quarterdeck as qd
from parse import parse


class Mode(Enum):
    FAST = 1
    SAFE = 2


@qd.hooks.schedule(cron="0 4 * * *", retries=2, backoff=datetime.timedelta(minutes=10))
def clean(panel, days: int = 30, dry: bool = True, mode: Mode = Mode.SAFE, size: Literal["s", "m"] | None = None,
          since: datetime.date | None = None):
    print(f"clean {days} {dry} {mode} {size} {since}")
    parse(days)


@qd.hooks.schedule(run_every=datetime.timedelta(minutes=7))
def sweep(panel):
    print("swept")
"""
PARSE = """\
def parse(days):
    # thirteen is not allowed
    if days == 13:
        raise RuntimeError("thirteen days")
"""


@pytest.fixture
def deck(sample: Up, page: Page) -> Up:
    """Running, and the page logged in."""
    folder = sample.deck / "scripts" / "archive"
    folder.mkdir()
    (folder / "layout.html").write_text('<Grid><Row><Col md=12><Text id="text" /></Col></Row></Grid>')
    (folder / "main.py").write_text(ARCHIVE)
    (folder / "parse.py").write_text(PARSE)
    sample.start()
    log_in(page, sample)
    return sample


def trigger(deck: Up, *arguments: str) -> str:
    """Run clean to its end; returns the run's id."""
    pairs = [word for each in arguments for word in ("--arg", each)]
    return str(deck.command("trigger", "archive", "--hook", "clean", "--wait", *pairs).stdout.strip())
