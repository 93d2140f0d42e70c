"""What SQLite's errors mean to whoever runs the deck."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOM = 64 * 1024  # bytes
_LOCKED = ("busy", "another program has it locked", "Close the program that has the database open.")
_MENDS = {
    sqlite3.SQLITE_FULL: ("full", "the disk is full", "Free space on that disk; the hub tries again by itself."),
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CORRUPT: ("corrupt", "the file is damaged", "Restore the last backup: quarterdeck restore."),
    sqlite3.SQLITE_NOTADB: ("corrupt", "the file is no database", "Move it away, or restore the last backup."),
    sqlite3.SQLITE_READONLY: ("broken", "it may not be written", "Give this user the right to write file and folder."),
    sqlite3.SQLITE_CANTOPEN: ("broken", "it cannot be opened", "See that this user may read and write its folder."),
    sqlite3.SQLITE_IOERR: ("broken", "the disk fails", "Look at the disk (dmesg), and whether it is full."),
}


@contextmanager
def told(path: Path, doing: str) -> Iterator[None]:
    """Turn what SQLite raises into a StoreError; ``doing`` completes "The store ... cannot be" (say, "read")."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(path, doing, error) from error


def store_error(path: Path, doing: str, error: sqlite3.Error) -> StoreError:
    """The error with its mend."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # Its shared memory is a file as well: that there is no room for it, SQLite calls an error of the disk.
    if primary == sqlite3.SQLITE_IOERR and shutil.disk_usage(path.parent).free < _ROOM:
        primary = sqlite3.SQLITE_FULL
    code, why, mend = _MENDS.get(primary, ("broken", "SQLite refused", "Run quarterdeck doctor."))
    return StoreError(code, f"The store {path} cannot be {doing}: {why} ({error}).", mend)
