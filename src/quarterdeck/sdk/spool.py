"""The spool: frozen batches that outlive their process, in a capped SQLite file, until a hub has acknowledged them.

Each batch keeps its stream and number, so that it may be sent twice, by two processes even, and has its effect once.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress

LIMIT = 64 << 20
PATIENCE = 0.5
_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
  UNIQUE (stream, number)
);
CREATE TABLE IF NOT EXISTS lost (id INTEGER PRIMARY KEY CHECK (id = 1), events INTEGER NOT NULL);
INSERT OR IGNORE INTO lost VALUES (1, 0);
"""


class Kept:
    """A batch in the spool: ``body`` are its lines."""

    __slots__ = ("body", "id", "number", "stream")

    def __init__(self, row: tuple[int, str, int, bytes]) -> None:
        self.id, self.stream, self.number, self.body = row


class Spool:
    """The file at ``path``, at most about ``limit`` bytes; made when something is first kept.

    Methods raise sqlite3.Error or OSError if the file cannot be used: it is full, the disk is, or it is no spool.  Each
    opens the file anew, so any thread may call it and a forked child inherits nothing.
    """

    def __init__(self, path: str, limit: int = LIMIT) -> None:
        self.path = path
        self.limit = limit

    def keep(self, stream: str, batches: list[tuple[int, bytes]]) -> None:
        """Add batches (number, lines) behind all others, either all of them or, if an error is raised, none."""
        with closing(self._open()) as file, file:
            file.executemany(
                "INSERT OR IGNORE INTO batches (stream, number, body) VALUES (?, ?, ?)",
                [(stream, number, body) for number, body in batches],
            )

    def first(self) -> Kept | None:
        """The oldest batch, None if there is none."""
        if not os.path.exists(self.path):
            return None
        with closing(self._open()) as file:
            row = file.execute("SELECT id, stream, number, body FROM batches ORDER BY id LIMIT 1").fetchone()
        return None if row is None else Kept(row)

    def remove(self, kept: Kept) -> None:
        """The hub has it, or will never take it."""
        with closing(self._open()) as file, file:
            file.execute("DELETE FROM batches WHERE id = ?", (kept.id,))

    def restart(self, stream: str, new_stream: str) -> None:
        """The hub does not know the stream as far as we do: its batches begin another one."""
        with closing(self._open()) as file, file:
            file.execute(
                "UPDATE batches SET stream = :new, number = number + 1 - "
                "(SELECT min(number) FROM batches WHERE stream = :old) WHERE stream = :old",
                {"old": stream, "new": new_stream},
            )

    def count_lost(self, events: int) -> None:
        """Add to the number of events that had to be given up, for the next process to report."""
        with closing(self._open()) as file, file:
            file.execute("UPDATE lost SET events = events + ?", (events,))

    def take_lost(self) -> int:
        """That number, which is zero afterwards."""
        if not os.path.exists(self.path):
            return 0
        with closing(self._open()) as file, file:
            file.execute("BEGIN IMMEDIATE")
            events: int = file.execute("SELECT events FROM lost").fetchone()[0]
            if events:
                file.execute("UPDATE lost SET events = 0")
            return events

    def _open(self) -> sqlite3.Connection:
        os.makedirs(os.path.dirname(self.path), 0o700, exist_ok=True)
        # Made before SQLite does, so that nobody else can ever read it.  Once it is there it must not be opened beside
        # SQLite: to close a file lets go of all locks that any thread of this process has on it.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        file = sqlite3.connect(self.path, timeout=PATIENCE)
        try:
            file.execute("PRAGMA synchronous = NORMAL")
            page = file.execute("PRAGMA page_size").fetchone()[0]
            file.execute(f"PRAGMA max_page_count = {max(self.limit // page, 16)}")
            if not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'lost'").fetchone():
                file.executescript(_SCHEMA)
        except BaseException:
            file.close()
            raise
        return file
