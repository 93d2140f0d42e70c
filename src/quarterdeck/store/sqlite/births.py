"""Topics that begin, and are no more than small scalars and lists: written as they are, and not remembered.

Most topics are so: a short run begins with all that it will ever hold.  Of those that change again the row is read
then, as after a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.begin import begin
from quarterdeck.store.jsontext import encode
from quarterdeck.store.rules import BIG

if TYPE_CHECKING:
    import sqlite3

    from quarterdeck.store.contract import TopicChange
    from quarterdeck.store.sqlite.lists import Lists
    from quarterdeck.store.sqlite.writes import Writes

_INSERT = "INSERT INTO topics (id, topic, kind, types, scalars, dropped, apart) VALUES (?, ?, ?, ?, ?, '[]', '[]')"


class Births:
    """What begins in one commit."""

    __slots__ = ("_connection", "_lists", "_rows", "_writes")

    def __init__(self, connection: sqlite3.Connection, lists: Lists, writes: Writes) -> None:
        self._connection = connection
        self._lists = lists
        self._writes = writes
        self._rows: list[tuple[int, str, str | None, str, str]] = []

    def take(self, id: int, change: TopicChange) -> bool:
        """Write a topic that the file has not, if it is so simple; False, and nothing is done, if it is not."""
        begun = change.begun or begin(change.ops)
        if begun is None:
            return False
        text = encode(begun.scalars)
        if not begun.scalars or len(text) > BIG:
            return False  # one of them may have to stand apart
        self._rows.append((id, change.topic, change.kind, encode(begun.typed()), text))
        self._lists.begin(change.topic, change.kind, begun.scalars)
        for field, (_, items) in begun.lists.items():
            for position, item in enumerate(items):
                self._writes.put(id, field, position, encode(item))
        return True

    def flush(self) -> None:
        """Write them."""
        self._connection.executemany(_INSERT, self._rows)
        self._rows = []
