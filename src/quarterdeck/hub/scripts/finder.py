"""Finds the deck's scripts, and sees at once when one is new, changed or gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from typing import TYPE_CHECKING, NamedTuple

import watchfiles

from quarterdeck.hub.environments.inline import Inline, inline_of, lock_of
from quarterdeck.worker.version import LAYOUT, files_of, version_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

RESCAN_MS = 5000
POLL_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Found(NamedTuple):
    """A script: its name, its folder or single module, the version of its files, and what it says it needs."""

    name: str
    path: Path
    version: str
    inline: Inline | None = None


class Finder:
    """Looks into ``scripts/``.  Files are read again only when their names, sizes or times say that they changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, tuple[object, Found]] = {}
        self._told: dict[str, str] = {}

    def look(self) -> dict[str, Found]:
        """All scripts by name.  One that cannot be read right now is as it was; it harms no other."""
        seen: dict[str, tuple[object, Found]] = {}
        for name, path in _candidates(self._folder):
            try:
                marks = _marks(path)
                before = self._seen.get(name)
                if before is not None and before[0] == (path, marks):
                    seen[name] = before
                else:
                    seen[name] = ((path, marks), Found(name, path, version_of(path), inline_of(path)))
            except OSError as error:
                if self._told.get(name) != str(error):
                    _log.warning("the script %s cannot be read: %s", path, error)
                self._told[name] = str(error)
                if name in self._seen and path.exists():
                    seen[name] = self._seen[name]
        self._seen = seen
        return {name: found for name, (_, found) in seen.items()}

    async def changes(self) -> AsyncIterator[dict[str, Found]]:
        """All scripts, now and whenever one of them is new, changed or gone."""
        before: dict[str, Found] | None = None
        async for _ in self._glances():
            found = await asyncio.to_thread(self.look)
            if found != before:
                before = found
                yield found

    async def _glances(self) -> AsyncIterator[None]:
        """When to look: at once when the system tells of a change, and now and then in case it did not."""
        while True:
            yield
            if self._folder.is_dir():
                watch = watchfiles.awatch(
                    self._folder, debounce=200, step=100, rust_timeout=RESCAN_MS, yield_on_timeout=True, debug=False
                )
                try:
                    async with contextlib.aclosing(watch):
                        async for _ in watch:
                            yield
                            if not self._folder.is_dir():
                                break
                except OSError as error:  # too many watches, or a file system without them
                    _log.warning("changes in %s are looked for once a second: %s", self._folder, error)
            await asyncio.sleep(POLL_SECONDS)


def _candidates(folder: Path) -> Iterator[tuple[str, Path]]:
    """Folders with a layout or modules, and single modules; of two with one name the folder counts."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: (path.is_file(), path.name))
    except OSError:
        return
    names: set[str] = set()
    for path in entries:
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            name = path.name if (path / LAYOUT).is_file() or any(path.glob("*.py")) else ""
        else:
            name = path.stem if path.suffix == ".py" and path.is_file() else ""
        if name and name not in names:
            names.add(name)
            yield name, path


def _marks(path: Path) -> tuple[tuple[str, int, int], ...]:
    marks = []
    for name in sorted(files_of(os.fspath(path))):
        file = path / name if name else path
        for mark, each in ((name, file), (f"{name}.lock", lock_of(file))):
            if each is file or each.exists():
                status = os.stat(each) if each.exists() else os.lstat(each)
                marks.append((mark, status.st_mtime_ns, status.st_size))
    return tuple(marks)
