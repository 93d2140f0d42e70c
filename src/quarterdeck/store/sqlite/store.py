"""The store in one SQLite file: who opens it, who writes it, who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import MINUTE_US
from quarterdeck.store.contract import (
    BLOCK,
    KEPT_DAYS,
    MINUTES,
    NAMING,
    Amounts,
    NamedEvent,
    Piece,
    Span,
    Store,
    StoreError,
)
from quarterdeck.store.jsontext import decode
from quarterdeck.store.lock import FileLock
from quarterdeck.store.query import check_query
from quarterdeck.store.rules import forgotten_before
from quarterdeck.store.sqlite.cells import table_of
from quarterdeck.store.sqlite.events import events_of
from quarterdeck.store.sqlite.failures import told
from quarterdeck.store.sqlite.listing import read_beyond, read_count, read_page
from quarterdeck.store.sqlite.reader import Reader
from quarterdeck.store.sqlite.reading import load_state
from quarterdeck.store.sqlite.schema import MIGRATIONS, open_writer
from quarterdeck.store.sqlite.spans import SpanReader, load_cells
from quarterdeck.store.sqlite.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from quarterdeck.core.fold import TopicState
    from quarterdeck.store.contract import Commit, Page, Steps, Sums
    from quarterdeck.store.query import KindColumns, Query

_NAMING = "SELECT DISTINCT topics.topic FROM blobs JOIN topics ON topics.id = blobs.topic WHERE sha256 = ? LIMIT ?"


class SqliteStore(Store):
    """Opens ``path``, making it if need be, for as long as it lives; its folder must exist.

    What may look at many rows, and what adds up cells, has a connection of its own: whoever loads a topic never waits
    for it.
    Raises StoreError: locked (another process has it), newer (a newer Quarterdeck wrote it), foreign, corrupt, broken.
    """

    def __init__(self, path: Path, kinds: Iterable[KindColumns] = (), *, migrations: Path = MIGRATIONS) -> None:
        self.path = path.resolve()
        self._kinds = {kind.name: kind for kind in kinds}
        if not self.path.parent.is_dir():
            missing = f"The folder {self.path.parent} does not exist."
            raise StoreError("broken", missing, "Make it, or name another deck.")
        self._closed = False
        self._file_lock = FileLock(self.path)
        try:
            self._open(migrations)
        except BaseException:
            self._file_lock.release()
            raise

    def _open(self, migrations: Path) -> None:
        with told(self.path, "opened"):
            connection = open_writer(self.path, self._kinds.values(), migrations)
            self._writer = Writer(connection, self._kinds)
            self.deck_id = connection.execute("SELECT value FROM meta WHERE key = 'deck'").fetchone()[0]
            self._read = Reader(self.path)
            self._search = Reader(self.path)
            self._add = Reader(self.path)
            self._spans = SpanReader()

    def commit(self, commit: Commit) -> None:
        with told(self.path, "written"):
            self._writer.commit(commit)

    def load(self, topic: str) -> TopicState | None:
        with self._read() as connection:
            return load_state(connection, topic)

    def topics(self, query: Query, *, whole: bool = True) -> Page:
        check_query(query, self._kinds)
        # What is under a prefix is walked by name, in the middle of a watch: that must not wait for a search.
        read = self._read if query.kind is None and not query.q else self._search
        with read() as connection:
            return read_page(connection, query, self._kinds, whole)

    def beyond(self, query: Query, keep: int, limit: int = BLOCK) -> list[str]:
        check_query(query, self._kinds)
        with self._search() as connection:
            return read_beyond(connection, query, self._kinds, keep, limit)

    def count(self, query: Query) -> int:
        check_query(query, self._kinds)
        with self._search() as connection:
            return read_count(connection, query, self._kinds)

    def amounts(self) -> Amounts:
        tables = (*(table_of(span) for span in MINUTES), "events")
        with self._search() as connection:
            counts = (connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)
            return Amounts(*counts)

    def cells(self, topic: str, field: str, span: Span, start: int, stop: int) -> dict[int, list[Any]]:
        with self._read() as connection:
            return load_cells(connection, topic, field, Piece(span, start, stop))

    def sums(self, topics: Sequence[str], fields: Sequence[str], steps: Steps, *, only_counts: bool = False) -> Sums:
        with self._add() as connection:
            return self._spans.sums(connection, (topics, fields), steps, only_counts=only_counts)

    def naming(self, sha256: str) -> list[str]:
        with self._read() as connection:
            return [topic for (topic,) in connection.execute(_NAMING, (sha256, NAMING))]

    def stream(self, id: str) -> tuple[int, str] | None:
        with self._read() as connection:
            found = connection.execute("SELECT last, answer FROM streams WHERE id = ?", (id,)).fetchone()
        return found and (found[0], found[1])

    def record(self, collection: str, key: str) -> Any:
        with self._read() as connection:
            statement = "SELECT value FROM records WHERE collection = ? AND key = ?"
            found = connection.execute(statement, (collection, key)).fetchone()
        return found and decode(found[0])

    def records(self, collection: str) -> dict[str, Any]:
        with self._read() as connection:
            rows = connection.execute("SELECT key, value FROM records WHERE collection = ? ORDER BY key", (collection,))
            return {key: decode(value) for key, value in rows}

    def events(
        self, prefix: str = "", *, after: str | None = None, limit: int = 100, name: str = "", by: str | None = None
    ) -> list[NamedEvent]:
        statement, values = events_of(prefix, after, name, by)
        with self._search() as connection:
            rows = connection.execute(f"{statement} LIMIT ?", (*values, limit))
            return [NamedEvent(id, at, topic, name, by, decode(data)) for id, at, topic, name, by, data in rows]

    def expire(self, now: int, limit: int = 500) -> int:
        statements: list[tuple[str, tuple[int, ...]]] = []
        today = now // MINUTE_US
        for span, days in KEPT_DAYS.items():
            table, paid = table_of(span), " AND NOT owed" if span == "minute" else ""
            # Series by series, each from its oldest cell on: no index by time is needed.
            key = f"SELECT id, start FROM series CROSS JOIN {table} ON series = id WHERE start < ?{paid} LIMIT ?"
            before = today - days * MINUTES["day"]
            statements.append((f"DELETE FROM {table} WHERE (series, start) IN ({key})", (before, limit)))
        for table, which in (("streams", "at < ?"), ("events", "by IS NULL AND at < ?")):
            ids = f"SELECT id FROM {table} WHERE {which} LIMIT ?"
            statements.append((f"DELETE FROM {table} WHERE id IN ({ids})", (forgotten_before(now), limit)))
        with told(self.path, "written"):
            return self._writer.expire(statements, today, limit)

    def size(self) -> int:
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._read.close()
        self._search.close()
        self._add.close()
        with told(self.path, "closed"):
            self._writer.connection.close()
        self._file_lock.release()
