"""The files of a script as they are on disk: those that its version is made of, and no others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.core.ops import Refused
from quarterdeck.worker.version import files_of

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1_000_000


class SourceFile(NamedTuple):
    """A file by its name in the script's folder, with forward slashes."""

    file: str
    size: int


def files_at(path: Path) -> list[SourceFile]:
    """The files of the script whose folder or module this is, the layout first.  Raises OSError if it is gone."""
    names = sorted(files_of(os.fspath(path)), key=lambda name: (name.endswith(".py"), name.count("/"), name))
    return [SourceFile(name or path.name, _size(path / name if name else path)) for name in names]


def read_source(path: Path, file: str, deck: Path) -> str:
    """The text of one of its files.  Raises Refused if it is none of them, too large, or a link out of the deck."""
    known = {each.file for each in files_at(path)}
    if file not in known:
        raise Refused("missing", f"the script has no file {file!r}", f"its files: {', '.join(sorted(known))}"[:300])
    place = (path / file if path.is_dir() else path).resolve()
    if not place.is_relative_to(deck.resolve()):
        raise Refused("forbidden", f"{file} is a link that leads out of the deck", "move the file into the deck")
    if _size(place) > LARGEST:
        raise Refused("too-large", f"{file} has {_size(place):,} bytes", f"up to {LARGEST:,} are shown")
    return place.read_bytes().decode("utf-8", "replace")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a link to nowhere
        return 0
