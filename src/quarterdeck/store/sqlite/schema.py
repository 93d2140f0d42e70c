"""Opening the file: pragmas, migrations, and the lists."""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.store.contract import StoreError
from quarterdeck.store.jsontext import decode
from quarterdeck.store.sqlite.lists import make_lists
from quarterdeck.store.sqlite.packed import pack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.store.query import KindColumns

APPLICATION_ID = 1363428171
MIGRATIONS = Path(__file__).parent / "migrations"
# FULL: a commit survives a power cut (on macOS only with fullfsync).  A checkpoint comes every 4,000 pages, 16 MB.
_WRITER = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
"""
_BOTH = "PRAGMA busy_timeout = 2000; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;"


def open_writer(path: Path, kinds: Iterable[KindColumns], migrations: Path = MIGRATIONS) -> sqlite3.Connection:
    """The one read-write connection; the caller holds the lock.  Raises StoreError or sqlite3.Error."""
    # The files beside it get its mode from SQLite.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        connection.executescript(_BOTH)
        connection.create_function("packed_buckets", 1, _packed_buckets, deterministic=True)
        _check_origin(connection, path)
        connection.executescript(_WRITER)
        _migrate(connection, path, migrations)
        make_lists(connection, kinds)
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('deck', ?), ('commit', '')", (secrets.token_hex(8),))
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection to a file that a writer has opened before."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.executescript(_BOTH)
    return connection


def _packed_buckets(text: str) -> bytes | str:
    """For the migration of cells that are JSON."""
    return pack(decode(text))


def _check_origin(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        return
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        message = f"The file {path} is a database of another program."
        raise StoreError("foreign", message, "Move it away, or name another deck.")


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Path) -> None:
    """Bring the file to the newest schema, each step whole or not at all."""
    steps = {int(step.name[:4]): step for step in sorted(migrations.glob("[0-9]*.sql"))}
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > max(steps):
        raise StoreError(
            "newer",
            f"The store {path} was written by a newer Quarterdeck: its schema is {version}, ours {max(steps)}.",
            "Update with: pip install -U quarterdeck (or restore a backup from before).",
        )
    for number in range(version + 1, max(steps) + 1):
        _step(connection, number, steps[number].read_text("utf-8"))


def _step(connection: sqlite3.Connection, number: int, script: str) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
