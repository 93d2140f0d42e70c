"""The deck's folder of blobs: files by their SHA-256, kept while a state names them.

A file that no state names goes when it was put, or last named by an event, longer than ``GRACE`` ago: so a blob that
was put just before its event stays, and one that was replaced can still be read by who looked a moment ago.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from quarterdeck.core.blobs import is_sha256
from quarterdeck.core.ops import Refused
from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from quarterdeck.core.clock import Clock
    from quarterdeck.store.contract import Store

GRACE = 600_000_000
"""Microseconds that a file stays without being named."""
WHOLE_EVERY = 3_600_000_000
"""Microseconds between two looks at all files; in between only those that came lately are looked at."""
ROOM = 200 << 20
"""Bytes of the disk that blobs leave to everything else."""
_INCOMING = "incoming"


class Blobs:
    """May be used from any thread.  ``largest`` is the most bytes that one may have."""

    def __init__(self, folder: Path, store: Store, clock: Clock, largest: int) -> None:
        self.largest = largest
        self._folder = folder
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()  # between who needs a file and who removes it
        self._lately: dict[str, int] = {}
        self._whole_due = 0

    def path(self, sha256: str) -> Path:
        """Where the file is, if there is one."""
        return self._folder / sha256[:2] / sha256

    def renew(self, sha256: str) -> bool:
        """Whether there is such a file; it stays for a while from now on, named or not."""
        with self._lock:
            now = self._clock.now()
            try:
                os.utime(self.path(sha256), ns=(now * 1000, now * 1000))
            except FileNotFoundError:
                return False
            self._lately.pop(sha256, None)
            self._lately[sha256] = now
            return True

    def receive(self, sha256: str) -> Incoming:
        """Begin to take in a file; raises Refused if the disk is nearly full: what is left is for the store."""
        (self._folder / _INCOMING).mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(self._folder).free
        if free < ROOM:
            hint = "free some space on the disk of the deck's folder"
            raise Refused("blob-room", f"the disk has {free >> 20} MB left, too little for blobs", hint)
        return Incoming(self, sha256, self._folder / _INCOMING / f"{sha256[:16]}-{secrets.token_hex(8)}")

    def keep(self, incoming: Path, sha256: str) -> None:
        """Give a whole file its place, for good."""
        path = self.path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            incoming.replace(path)
        _sync(path.parent)
        self.renew(sha256)

    def tidy(self) -> int:
        """Remove files that nobody needs; returns how many.  To be called about once a minute, beside the loop."""
        now = self._clock.now()
        if now >= self._whole_due:
            # What the hub before this one heard of lately is old enough the second time.
            self._whole_due = now + (WHOLE_EVERY if self._whole_due else GRACE)
            return sum(self._remove(path, now) for path in self._all())
        with self._lock:
            due = [sha256 for sha256, at in self._lately.items() if at < now - GRACE]
            for sha256 in due:
                del self._lately[sha256]
        return sum(self._remove(self.path(sha256), now) for sha256 in due)

    def _all(self) -> Iterator[Path]:
        for folder in self._folder.iterdir():
            if folder.is_dir():
                yield from folder.iterdir()

    def _remove(self, path: Path, now: int) -> bool:
        """Remove the file if it is old enough, and no state names it."""
        if not _is_older(path, now - GRACE) or (is_sha256(path.name) and self._store.naming(path.name)):
            return False
        with self._lock, suppress(FileNotFoundError):
            if _is_older(path, now - GRACE):
                path.unlink()
                return True
        return False


class Incoming:
    """A file on its way in: ``write`` its parts, then ``finish``, or ``abandon`` it."""

    def __init__(self, blobs: Blobs, sha256: str, path: Path) -> None:
        self._blobs = blobs
        self._sha256 = sha256
        self._path = path
        self._hash = hashlib.sha256()
        self.size = 0
        # A file that is there is there for good: then nothing is written, only looked at.
        self._file = None if blobs.renew(sha256) else path.open("xb")

    def write(self, part: bytes) -> None:
        """Take in a part; raises StoreError if the disk does not."""
        self._hash.update(part)
        self.size += len(part)
        if self._file is not None:
            with _told():
                self._file.write(part)

    def finish(self) -> None:
        """The file is whole: give it its place.  Raises Refused if it is another file than it was called."""
        if self._hash.hexdigest() != self._sha256:
            self.abandon()
            hint = "name it by the SHA-256 of its bytes, and send all of them"
            raise Refused("blob-hash", f"what came has not the SHA-256 {self._sha256}", hint)
        if self._file is not None:
            with _told():
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                self._blobs.keep(self._path, self._sha256)

    def abandon(self) -> None:
        """Forget what came; does nothing to a file that is finished."""
        if self._file is not None:
            with suppress(OSError):  # closing writes what is left, which the full disk refused before
                self._file.close()
            self._path.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    """What the disk refuses, as the store says it."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreError("full", "The disk is full: the blob was not kept.", "Free some space.") from error
        hint = "Look at the deck's folder .quarterdeck/blobs, and at the disk."
        raise StoreError("broken", f"The blob could not be kept: {error}.", hint) from error


def _is_older(path: Path, than: int) -> bool:
    try:
        return path.stat().st_mtime_ns // 1000 < than
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
