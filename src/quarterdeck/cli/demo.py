"""``quarterdeck demo``: up, on a fresh copy of the demo deck."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import quarterdeck
from quarterdeck.cli import up
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments: those of up, the folder being where the copy goes."""
    up.configure(parser)
    parser.set_defaults(deck=None)


def run(options: argparse.Namespace) -> int:
    """Copy it, and start."""
    options.deck = copy_demo(options.deck)
    print(f"The demo deck is in {options.deck}: edit its scripts while it runs.", flush=True)
    return up.run(options)


def copy_demo(wanted: Path | None) -> Path:
    """A fresh copy in ``wanted``, which must be new or empty, or in a new folder of the system's; raises DemoError."""
    if wanted is None:
        folder = Path(tempfile.mkdtemp(prefix="quarterdeck-")) / "demo"
    else:
        folder = wanted
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            hint = "Name a new folder, or start that deck itself: quarterdeck up"
            raise QuarterdeckError("new-exists", f"{folder} is not empty.", hint)
    left_out = shutil.ignore_patterns(".quarterdeck", "__pycache__")
    shutil.copytree(_source(), folder, ignore=left_out, dirs_exist_ok=True)
    return folder


def _source() -> Path:
    """In an installed package the demo is beside its modules, in a checkout among the examples."""
    package = Path(quarterdeck.__file__).parent
    for folder in (package / "demo", package.parent.parent / "examples" / "demo"):
        if folder.is_dir():
            return folder
    raise QuarterdeckError("demo-missing", "This installation has no demo deck.", "Install quarterdeck again.")
