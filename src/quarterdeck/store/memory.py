"""A store that lives as long as its process: for tests, and the measure of what the others must do."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any

from quarterdeck.core.blobs import named_by
from quarterdeck.core.fold import TopicState, apply
from quarterdeck.core.series import MINUTE_US, merge_cells
from quarterdeck.core.state import copied
from quarterdeck.core.topics import is_under
from quarterdeck.store.contract import (
    BLOCK,
    KEPT_DAYS,
    MINUTES,
    NAMING,
    Amounts,
    Commit,
    NamedEvent,
    Page,
    Span,
    Store,
    Stored,
)
from quarterdeck.store.query import check_query, cursor_of, matches, next_cursor, plain_value, rank, sort_key
from quarterdeck.store.rules import forgotten_before, is_stored, scalars_only

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.store.contract import TopicChange
    from quarterdeck.store.query import KindColumns, Query

Cells = dict[int, list[Any]]


class MemoryStore(Store):
    """Keeps everything in dictionaries, under one lock."""

    def __init__(self, kinds: Iterable[KindColumns] = ()) -> None:
        self.deck_id = secrets.token_hex(8)
        self._kinds = {kind.name: kind for kind in kinds}
        self._lock = threading.Lock()
        self._last_commit = ""
        self._states: dict[str, tuple[str | None, TopicState]] = {}
        self._cells: dict[tuple[str, str, Span], Cells] = {}
        self._streams: dict[str, tuple[int, str, int]] = {}
        self._records: dict[str, dict[str, Any]] = {}
        self._events: dict[str, NamedEvent] = {}

    def commit(self, commit: Commit) -> None:
        with self._lock:
            if commit.id and commit.id == self._last_commit:
                return
            for old, new in commit.moves:
                self._cells = {(new if at[0] == old else at[0], *at[1:]): cells for at, cells in self._cells.items()}
            for change in commit.changes:
                if is_stored(change, self._kinds):
                    self._change(change._replace(ops=copied(change.operations)))
            self._streams.update({id: (last, answer, commit.at) for id, (last, answer) in commit.streams.items()})
            self._events.update({event.id: event for event in commit.events})
            for (collection, key), value in commit.records.items():
                self._set_record(collection, key, value)
            self._last_commit = commit.id

    def _change(self, change: TopicChange) -> None:
        kind, state = self._states.get(change.topic) or (change.kind, TopicState())
        for operation in change.ops:
            self._change_cells(change.topic, state, operation)
            apply(state, [operation])
        if state.types:
            self._states[change.topic] = (kind, state)
        else:
            self._states.pop(change.topic, None)

    def _change_cells(self, topic: str, state: TopicState, operation: list[Any]) -> None:
        """The series side of one operation, seen before the fold applies it."""
        name, field = operation[0], operation[1] if len(operation) > 1 else None
        replaces = name == "set" and state.types.get(str(field), [""])[0] == "series"
        if name == "drop" or replaces:
            for key in [key for key in self._cells if key[0] == topic and field in (None, key[1])]:
                del self._cells[key]
        if name == "record" or replaces:
            for minute, cell in operation[2].items():
                self._record(topic, operation[1], int(minute), cell)

    def _record(self, topic: str, field: str, minute: int, cell: list[Any]) -> None:
        for span, minutes in MINUTES.items():
            cells = self._cells.setdefault((topic, field, span), {})
            start = minute - minute % minutes
            cells[start] = merge_cells(cells[start], cell) if start in cells else copied(cell)

    def _set_record(self, collection: str, key: str, value: Any) -> None:
        members = self._records.setdefault(collection, {})
        if value is None:
            members.pop(key, None)
        else:
            members[key] = copied(value)

    def load(self, topic: str) -> TopicState | None:
        with self._lock:
            found = self._states.get(topic)
            return found[1].copy() if found else None

    def topics(self, query: Query, *, whole: bool = True) -> Page:
        check_query(query, self._kinds)
        with self._lock:
            names = self._sorted(query)
            cursor = cursor_of(query)
            if cursor is not None:
                names = [name for name in names if self._is_behind(query, name, (rank(cursor.value), cursor.topic))]
            page = [self._stored(name, whole) for name in names[: query.limit]]
            if len(names) <= query.limit:
                return Page(page, None)
            last = names[query.limit - 1]
            value = last if query.column == "topic" else plain_value(self._states[last][1].values.get(query.column))
            return Page(page, next_cursor(query, value, last))

    def _sorted(self, query: Query) -> list[str]:
        columns = self._kinds[query.kind].columns if query.kind is not None else ()
        found = [
            name for name, (kind, state) in self._states.items() if matches(query, kind, name, state.values, columns)
        ]
        return sorted(found, key=lambda name: self._place(query, name), reverse=query.descending)

    def _place(self, query: Query, name: str) -> tuple[tuple[int, Any], str]:
        return sort_key(query, name, self._states[name][1].values)

    def _is_behind(self, query: Query, name: str, place: tuple[tuple[int, Any], str]) -> bool:
        mine = self._place(query, name)
        return mine < place if query.descending else mine > place

    def _stored(self, name: str, whole: bool) -> Stored:
        kind, state = self._states[name]
        return Stored(name, kind, (state if whole else scalars_only(state)).copy())

    def cells(self, topic: str, field: str, span: Span, start: int, stop: int) -> Cells:
        with self._lock:
            cells = self._cells.get((topic, field, span), {})
            return {begin: copied(cells[begin]) for begin in sorted(cells) if start <= begin < stop}

    def naming(self, sha256: str) -> list[str]:
        with self._lock:
            states = self._states.items()
            found = [topic for topic, (_, state) in states if sha256 in named_by(state.values, state.types)]
            return found[:NAMING]

    def stream(self, id: str) -> tuple[int, str] | None:
        with self._lock:
            found = self._streams.get(id)
            return found[:2] if found else None

    def record(self, collection: str, key: str) -> Any:
        return self.records(collection).get(key)

    def records(self, collection: str) -> dict[str, Any]:
        with self._lock:
            return {key: copied(value) for key, value in sorted(self._records.get(collection, {}).items())}

    def events(
        self, prefix: str = "", *, after: str | None = None, limit: int = 100, name: str = "", by: str | None = None
    ) -> list[NamedEvent]:
        with self._lock:
            asked = (event for event in self._events.values() if _is_asked(event, prefix, after))
            found = sorted((event for event in asked if _is_by(event, name, by)), reverse=True)
            return [event._replace(data=copied(event.data)) for event in found[:limit]]

    def beyond(self, query: Query, keep: int, limit: int = BLOCK) -> list[str]:
        check_query(query, self._kinds)
        with self._lock:
            return self._sorted(query)[keep : keep + limit]

    def count(self, query: Query) -> int:
        check_query(query, self._kinds)
        with self._lock:
            return len(self._sorted(query))

    def amounts(self) -> Amounts:
        with self._lock:
            spans = dict.fromkeys(MINUTES, 0)
            for (_, _, span), cells in self._cells.items():
                spans[span] += len(cells)
            return Amounts(**spans, events=len(self._events))

    def expire(self, now: int, limit: int = 500) -> int:
        with self._lock:
            gone = 0
            for (_, _, span), cells in self._cells.items():
                before = now // MINUTE_US - KEPT_DAYS[span] * MINUTES["day"] if span in KEPT_DAYS else 0
                old = [start for start in cells if start < before][: max(0, limit - gone)]
                for start in old:
                    del cells[start]
                gone += len(old)
            return gone + self._forget(forgotten_before(now), limit - gone)

    def _forget(self, before: int, limit: int) -> int:
        streams = [id for id, (_, _, at) in self._streams.items() if at < before][: max(0, limit)]
        for id in streams:
            del self._streams[id]
        events = [id for id, event in self._events.items() if event.at < before and event.by is None]
        for id in events[: max(0, limit - len(streams))]:
            del self._events[id]
        return len(streams) + len(events[: max(0, limit - len(streams))])

    def size(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing is held."""


def _is_by(event: NamedEvent, name: str, by: str | None) -> bool:
    return event.name.startswith(name) and (by is None or (event.by is not None and by in ("*", event.by)))


def _is_asked(event: NamedEvent, prefix: str, after: str | None) -> bool:
    return (not prefix or is_under(event.topic, prefix)) and (after is None or event.id < after)
