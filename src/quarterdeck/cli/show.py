"""How commands print: JSON for programs, aligned columns for people."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

NEVER = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """The option of every listing."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def show_json(said: Any) -> None:
    """One JSON document."""
    json.dump(said, sys.stdout, indent=2, ensure_ascii=False)
    print()


def show_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns under small heads."""
    cells = [list(heads), *([NEVER if cell is None else str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def moment(microseconds: Any) -> str:
    """A time in this machine's zone."""
    if not microseconds:
        return NEVER
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(int(microseconds) // 1_000_000))


def duration(microseconds: Any) -> str:
    """How long something took."""
    if microseconds is None:
        return NEVER
    seconds = int(microseconds) / 1e6
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def show_line(said: Any) -> None:
    """One JSON document on one line, at once."""
    print(json.dumps(said, ensure_ascii=False, separators=(",", ":")), flush=True)
