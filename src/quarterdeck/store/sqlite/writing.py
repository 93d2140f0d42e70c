"""A commit: one transaction that interprets the merged operations of many topics."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from quarterdeck.core.series import MINUTE_US
from quarterdeck.store.contract import TopicChange
from quarterdeck.store.jsontext import encode
from quarterdeck.store.rules import SHORT, is_big, is_stored
from quarterdeck.store.sqlite.births import Births
from quarterdeck.store.sqlite.cells import CellBook
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.fields import write_operation
from quarterdeck.store.sqlite.lists import Lists
from quarterdeck.store.sqlite.moving import Moving, forget
from quarterdeck.store.sqlite.rows import SCALAR, Row, find_rows
from quarterdeck.store.sqlite.writes import Writes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from quarterdeck.store.contract import Commit
    from quarterdeck.store.query import KindColumns

# Rows kept decoded between commits: those that change again and again.
_REMEMBERED = 4000
_INSERT = "INSERT INTO topics (kind, types, scalars, dropped, apart, id, topic) VALUES (?, ?, ?, ?, ?, ?, ?)"
_UPDATE = "UPDATE topics SET kind = ?, types = ?, scalars = ?, dropped = ?, apart = ? WHERE id = ?"
_UPDATE_SCALARS = "UPDATE topics SET scalars = ? WHERE id = ?"
_END = [["drop"]]
_ENDED = f"""SELECT kind, id, topic, types LIKE '%"series"%' OR types LIKE '%"blob"%'
              FROM topics WHERE topic IN ({LISTED})"""
_EVENT = "INSERT OR IGNORE INTO events (id, at, topic, name, by, data) VALUES (?, ?, ?, ?, ?, ?)"


class Writer:
    """Owns the read-write connection, and remembers the rows that it wrote last."""

    def __init__(self, connection: sqlite3.Connection, kinds: Mapping[str, KindColumns]) -> None:
        self.connection = connection
        self._kinds = kinds
        self._rows: OrderedDict[str, Row] = OrderedDict()
        self._cells = CellBook(connection)
        self._writes = Writes(connection, self._cells)
        self._moving = Moving(connection)
        self._lists = Lists(connection, kinds)
        self._births = Births(connection, self._lists, self._writes)
        self._last_id: int = connection.execute("SELECT coalesce(max(id), 0) FROM topics").fetchone()[0]

    def commit(self, commit: Commit) -> None:
        """Write it in one transaction, unless the file has it already; raises sqlite3.Error."""
        self._begin()
        try:
            if not self._is_known(commit):
                self._write(commit)
            self.connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def expire(self, statements: list[tuple[str, tuple[int, ...]]], before: int, limit: int) -> int:
        """Bring some minutes before ``before`` to hours and days, and run deletions; returns how many rows went."""
        self._begin()
        try:
            self._cells.roll(before, limit)
            gone = sum(self.connection.execute(*statement).rowcount for statement in statements)
            self.connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._cells.forget()
        return gone

    def _begin(self) -> None:
        if self.connection.in_transaction:
            # Even the end of the failed transaction before this one failed.
            self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN IMMEDIATE")

    def _roll_back(self) -> None:
        self._rows.clear()
        self._cells = CellBook(self.connection)
        self._writes = Writes(self.connection, self._cells)
        self._moving = Moving(self.connection)
        self._lists = Lists(self.connection, self._kinds)
        self._births = Births(self.connection, self._lists, self._writes)
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _is_known(self, commit: Commit) -> bool:
        if not commit.id:
            return False
        changed = self.connection.execute(
            "UPDATE meta SET value = :id WHERE key = 'commit' AND value <> :id", {"id": commit.id}
        ).rowcount
        return changed == 0

    def _write(self, commit: Commit) -> None:
        for move in commit.moves:
            self._move(*move)
        changes = [change for change in commit.changes if is_stored(change, self._kinds)]
        strange = [change for change in changes if change.topic not in self._rows]
        ended = {change.topic for change in strange if change.ops == _END}
        self._remember([change.topic for change in strange if change.topic not in ended])
        once = len({change.topic for change in changes}) == len(changes)
        touched = {
            change.topic: self._change(change)
            for change in changes
            if change.topic not in ended and not (once and change.topic not in self._rows and self._begins(change))
        }
        if ended:
            self._end(ended)
        self._writes.flush()
        self._cells.flush(commit.at // MINUTE_US - 1)
        self._write_rows(touched)
        self._write_others(commit)
        while len(self._rows) > _REMEMBERED:
            self._rows.popitem(last=False)

    def _end(self, topics: set[str]) -> None:
        """Topics that end and were not written of late: all at once, and without reading them."""
        found = self.connection.execute(_ENDED, (encode(sorted(topics)),)).fetchall()
        ids = [id for _, id, _, _ in found]
        deep = [id for _, id, _, deep in found if deep]
        self._writes.end(*deep, flat=set(ids).difference(deep))
        forget(self.connection, ids)
        for kind in {kind for kind, _, _, _ in found}:
            self._lists.remove(kind, [topic for other, _, topic, _ in found if other == kind])
        self.connection.execute(f"DELETE FROM topics WHERE id IN ({LISTED})", (encode(ids),))

    def _move(self, old: str, new: str) -> None:
        self._remember([topic for topic in (old, new) if topic not in self._rows])
        source = self._rows.get(old)
        if source is not None:
            self._cells.move(source.id, self._row(TopicChange(new, source.kind, [])).id)

    def _begins(self, change: TopicChange) -> bool:
        """Write a topic that begins, if it is as most are."""
        begins = self._births.take(self._last_id + 1, change)
        self._last_id += begins
        return begins

    def _change(self, change: TopicChange) -> Row:
        row = self._row(change)
        types, scalars, changed = row.types, row.scalars, row.changed
        simple = not (row.apart or row.dropped)
        for operation in change.operations:
            # Most of what is written by far: a small value of a field that is nothing but a scalar.
            if simple and operation[0] == "set" and len(operation) == 3:
                _, field, value = operation
                sort = type(value)
                if types.get(field, SCALAR) is SCALAR and (
                    sort is int or (sort is str and len(value) < SHORT) or sort is float or not is_big(value)
                ):
                    types[field], scalars[field], changed[field] = SCALAR, value, None
                    continue
            write_operation(self._writes, row, operation)
            simple = not (row.apart or row.dropped)
        return row

    def _row(self, change: TopicChange) -> Row:
        row = self._rows.get(change.topic)
        if row is None:
            self._last_id += 1
            row = Row(self._last_id, change.topic, change.kind)
        elif row.kind != change.kind:
            row.kind, row.shape_changed = change.kind, True
        self._rows[change.topic] = row
        self._rows.move_to_end(change.topic)
        return row

    def _remember(self, topics: list[str]) -> None:
        """Read the rows of these topics, as far as the file has them."""
        for row in find_rows(self.connection, topics) if topics else ():
            self._lists.know(row)
            self._rows[row.topic] = row

    def _write_rows(self, rows: dict[str, Row]) -> None:
        scalars, shapes, births, ends, listed = [], [], [], [], []
        for row in rows.values():
            minded = self._lists.mind(row)
            if minded:
                listed.append(row)
            if not row.types:
                ends.append((row.id,))
                del self._rows[row.topic]
            elif not row.exists:
                births.append((*row.shape(), row.id, row.topic))
            elif row.shape_changed:
                shapes.append((*row.shape(), row.id))
            elif not row.changed or (not minded and self._moving.take(row)):
                row.written()
                continue
            else:
                scalars.append((row.text(), row.id))
            self._moving.leave(row)
            row.written()
        self._births.flush()
        self._lists.write(listed)
        self._moving.flush()
        self.connection.executemany("DELETE FROM topics WHERE id = ?", ends)
        self.connection.executemany(_INSERT, births)
        self.connection.executemany(_UPDATE, shapes)
        self.connection.executemany(_UPDATE_SCALARS, scalars)

    def _write_others(self, commit: Commit) -> None:
        send = self.connection.executemany
        streams = [(id, last, answer, commit.at) for id, (last, answer) in commit.streams.items()]
        send("REPLACE INTO streams (id, last, answer, at) VALUES (?, ?, ?, ?)", streams)
        send(_EVENT, [(*event[:5], encode(event.data)) for event in commit.events])
        for (collection, key), value in commit.records.items():
            if value is None:
                self.connection.execute("DELETE FROM records WHERE collection = ? AND key = ?", (collection, key))
            else:
                self.connection.execute("REPLACE INTO records VALUES (?, ?, ?)", (collection, key, encode(value)))
