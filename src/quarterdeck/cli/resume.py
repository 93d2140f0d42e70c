"""``quarterdeck resume``: let paused schedules go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import pause

if TYPE_CHECKING:
    import argparse

configure = pause.configure


def run(options: argparse.Namespace) -> int:
    """Ask the script for it."""
    return pause.ask(options, "resume")
