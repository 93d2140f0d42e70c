"""Topics that begin, and are no more than scalars and lists: written from their operations alone, and not remembered.

Most topics are so: a short run begins with all that it will ever hold.  Of those that change again the row is read
then, as after a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.store.contract import DEFAULT_CAP
from quarterdeck.store.jsontext import encode
from quarterdeck.store.rules import BIG

if TYPE_CHECKING:
    import sqlite3

    from quarterdeck.store.contract import Operation, TopicChange
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
        begun = _begin(change.ops)
        if begun is None:
            return False
        scalars, lists = begun
        text = encode(scalars)
        if len(text) > BIG:
            return False  # one of them may have to stand apart
        types = {field: ["list", cap] for field, (cap, _) in lists.items()}
        self._rows.append((id, change.topic, change.kind, encode(types), text))
        self._lists.begin(change.topic, change.kind, scalars)
        for field, (_, items) in lists.items():
            for position, item in enumerate(items):
                self._writes.put(id, field, position, encode(item))
        return True

    def flush(self) -> None:
        """Write them."""
        self._connection.executemany(_INSERT, self._rows)
        self._rows = []


def _begin(ops: list[Operation]) -> tuple[dict[str, Any], dict[str, tuple[int, list[Any]]]] | None:
    """Scalars and lists (cap, items) that these operations make of nothing; None if they do anything else."""
    scalars: dict[str, Any] = {}
    lists: dict[str, tuple[int, list[Any]]] = {}
    for op in ops:
        if op[0] == "set" and len(op) == 3:
            scalars[op[1]] = op[2]
        elif op[0] == "push":
            field, cap = op[1], op[3] if len(op) == 4 else DEFAULT_CAP
            known, items = lists.get(field, (cap, []))
            items = [*items, *op[2]]
            if known != cap or len(items) > cap:
                return None
            lists[field] = cap, items
        else:
            return None
    return (scalars, lists) if scalars and scalars.keys().isdisjoint(lists) else None
