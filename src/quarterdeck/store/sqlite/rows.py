"""One topic as the writer knows it: what its row holds, between the file and the operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.state import SCALAR_TYPE
from quarterdeck.store.jsontext import decode, encode
from quarterdeck.store.sqlite.columns import LISTED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

SCALAR = SCALAR_TYPE
SOURCE = "topics LEFT JOIN moving ON moving.topic = topics.id"
"""Topics with what moves of them."""
_FIND = f"""SELECT id, topics.topic, kind, types, topics.scalars, dropped, apart, moving.scalars
            FROM {SOURCE} WHERE topics.topic IN ({LISTED})"""


class Row:
    """The row of one topic, decoded.

    ``exists`` says whether the file has it, ``shape_changed`` and ``changed`` (names of scalars) what is to be written;
    ``moving`` names the scalars that the file has beside the row, whose own take ``length`` characters; ``spots`` holds
    field -> [first, next] position of the lists met so far; ``listed`` is the kind whose list in the file has it, and
    the columns that it has there.
    """

    __slots__ = (
        "apart",
        "changed",
        "dropped",
        "exists",
        "id",
        "kind",
        "length",
        "listed",
        "moving",
        "scalars",
        "shape_changed",
        "spots",
        "topic",
        "types",
    )

    def __init__(self, id: int, topic: str, kind: str | None) -> None:
        self.id = id
        self.topic = topic
        self.kind = kind
        self.types: dict[str, list[Any]] = {}
        self.scalars: dict[str, Any] = {}
        self.dropped: set[str] = set()
        self.apart: set[str] = set()
        self.spots: dict[str, list[int]] = {}
        self.listed: tuple[str, tuple[Any, ...]] | None = None
        self.exists = False
        self.shape_changed = False
        self.changed: dict[str, None] = {}
        self.moving: dict[str, None] = {}
        self.length = 0

    def clear(self) -> None:
        """What a bare drop leaves."""
        for held in (self.types, self.scalars, self.dropped, self.apart, self.spots):
            held.clear()
        self.shape_changed = True

    def fix(self, field: str, known: list[Any]) -> None:
        """Give the field its type."""
        self.types[field] = known
        self.shape_changed = True

    def keep(self, field: str) -> None:
        """The field has a value from now on."""
        if field in self.dropped:
            self.dropped.discard(field)
            self.shape_changed = True

    def change(self, field: str, value: Any) -> None:
        """Give a small scalar or a blob its value."""
        self.scalars[field] = value
        self.changed[field] = None

    def written(self) -> None:
        """The file has the row as it is."""
        self.exists, self.shape_changed = True, False
        self.changed.clear()

    def text(self) -> str:
        """The scalars as JSON, to be written."""
        text = encode(self.scalars)
        self.length = len(text)
        return text

    def shape(self) -> tuple[str | None, str, str, str, str]:
        """kind, types, scalars, dropped and apart as columns."""
        typed = {field: known for field, known in self.types.items() if known is not SCALAR and known[0] != "scalar"}
        return self.kind, encode(typed), self.text(), _names(self.dropped), _names(self.apart)


def merged(scalars: str, moving: str | None) -> dict[str, Any]:
    """The scalars of a row, with what moves."""
    values: dict[str, Any] = decode(scalars)
    if moving is not None:
        values.update(decode(moving))
    return values


def find_rows(connection: sqlite3.Connection, topics: list[str]) -> Iterator[Row]:
    """Those of the topics' rows that the file has."""
    for id, topic, kind, types, scalars, dropped, apart, moving in connection.execute(_FIND, (encode(topics),)):
        row = Row(id, topic, kind)
        row.scalars, row.length = merged(scalars, moving), len(scalars)
        row.moving = dict.fromkeys(decode(moving)) if moving is not None else {}
        row.dropped, row.apart = set(decode(dropped)), set(decode(apart))
        row.types = types_of(decode(types), row.scalars, row.dropped, row.apart)
        row.exists = True
        yield row


def _names(fields: set[str]) -> str:
    return encode(sorted(fields)) if fields else "[]"


def types_of(typed: dict[str, list[Any]], *scalars: Any) -> dict[str, list[Any]]:
    """The types of all fields, given those that are not scalars and the names of those that may be."""
    types = dict(typed)
    for fields in scalars:
        for field in fields:
            types.setdefault(field, SCALAR)
    return types
