"""Named events, newest first, in SQL."""

from __future__ import annotations

from typing import Any

_EVENTS = "SELECT id, at, topic, name, by, data FROM events WHERE "
_UNDER = "topic >= ? AND topic < ? AND (topic = ? OR topic >= ?)"
# Sorts after every id.
_LAST_ID = "\U0010ffff"


def events_of(prefix: str, after: str | None, name: str, by: str | None) -> tuple[str, list[Any]]:
    """The statement without its limit, and its values."""
    terms: list[str] = ["id < ?"]
    values: list[Any] = [_LAST_ID if after is None else after]
    if prefix:
        # The plus keeps SQLite from walking all events by id in search of a rare topic.
        terms = ["+id < ?", _UNDER]
        values += [prefix, prefix + "0", prefix, prefix + "/"]
    if name:
        terms.append("substr(name, 1, ?) = ?")
        values += [len(name), name]
    if by == "*":
        terms.append("by IS NOT NULL")
    elif by is not None:
        terms.append("by = ?")
        values.append(by)
    return f"{_EVENTS}{' AND '.join(terms)} ORDER BY {'+id' if prefix else 'id'} DESC", values
