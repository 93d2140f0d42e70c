"""Topics that begin, and are no more than small scalars and lists: written as they are, and not remembered.

Most topics are so: a short run begins with all that it will ever hold.  Of those that change again the row is read
then, as after a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.begin import begin
from quarterdeck.core.state import SCALAR_TYPE, TopicState
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
        begun = change.begun
        if begun is None:
            begun = TopicState()
            if not begin(begun, change.ops):
                return False
        typed = {field: known for field, known in begun.types.items() if known is not SCALAR_TYPE}
        scalars = {field: value for field, value in begun.values.items() if field not in typed}
        text = encode(scalars)
        if not scalars or len(text) > BIG:
            return False  # one of them may have to stand apart
        self._rows.append((id, change.topic, change.kind, encode(typed), text))
        self._lists.begin(change.topic, change.kind, scalars)
        for field in typed:
            for position, item in enumerate(begun.values[field]):
                self._writes.put(id, field, position, encode(item))
        return True

    def flush(self) -> None:
        """Write them."""
        self._connection.executemany(_INSERT, self._rows)
        self._rows = []
