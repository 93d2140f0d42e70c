"""The default store: one SQLite file, one writer, any number of readers."""

from __future__ import annotations

from quarterdeck.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
