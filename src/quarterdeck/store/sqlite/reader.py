"""A read-only connection that one thread at a time uses."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from quarterdeck.store.contract import StoreError
from quarterdeck.store.sqlite.failures import told
from quarterdeck.store.sqlite.schema import open_reader

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


class Reader:
    """Opened with the store; raises StoreError (closed) afterwards."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = open_reader(path)

    @contextmanager
    def __call__(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one reading."""
        with self._guard, told(self._path, "read"):
            if self._connection is None:
                raise StoreError("closed", f"The store {self._path} is closed.", "Open it again.")
            yield self._connection

    def close(self) -> None:
        """A second call does nothing."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
