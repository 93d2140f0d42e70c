"""One topic as the writer knows it: what its row holds, between the file and the operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.state import SCALAR_TYPE
from quarterdeck.store.jsontext import decode, encode

if TYPE_CHECKING:
    import sqlite3

SCALAR = SCALAR_TYPE


class Row:
    """The row of one topic, decoded.

    ``exists`` says whether the file has it, ``shape_changed`` and ``scalars_changed`` what is to be written; ``spots``
    holds field -> [first, next] position of the lists met so far; ``listed`` is the kind whose list in the file has it,
    and the columns that it has there.
    """

    __slots__ = (
        "apart",
        "dropped",
        "exists",
        "id",
        "kind",
        "listed",
        "scalars",
        "scalars_changed",
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
        self.scalars_changed = False

    def clear(self) -> None:
        """What a bare drop leaves."""
        for held in (self.types, self.scalars, self.dropped, self.apart, self.spots):
            held.clear()
        self.shape_changed = True

    def fix(self, field: str, known: list[Any]) -> None:
        """Give the field its type."""
        self.types[field] = known
        self.shape_changed = True

    def is_changed(self) -> bool:
        """Whether the file has another row than this."""
        return self.shape_changed or self.scalars_changed or not self.exists

    def keep(self, field: str) -> None:
        """The field has a value from now on."""
        if field in self.dropped:
            self.dropped.discard(field)
            self.shape_changed = True

    def shape(self) -> tuple[str | None, str, str, str, str]:
        """kind, types, scalars, dropped and apart as columns."""
        typed = {field: known for field, known in self.types.items() if known[0] != "scalar"}
        return self.kind, encode(typed), encode(self.scalars), encode(sorted(self.dropped)), encode(sorted(self.apart))


def find_row(connection: sqlite3.Connection, topic: str) -> Row | None:
    """The topic's row from the file."""
    found = connection.execute(
        "SELECT id, kind, types, scalars, dropped, apart FROM topics WHERE topic = ?", (topic,)
    ).fetchone()
    if found is None:
        return None
    row = Row(found[0], topic, found[1])
    row.scalars = decode(found[3])
    row.dropped, row.apart = set(decode(found[4])), set(decode(found[5]))
    row.types = types_of(decode(found[2]), row.scalars, row.dropped, row.apart)
    row.exists = True
    return row


def types_of(typed: dict[str, list[Any]], *scalars: Any) -> dict[str, list[Any]]:
    """The types of all fields, given those that are not scalars and the names of those that may be."""
    types = dict(typed)
    for fields in scalars:
        for field in fields:
            types.setdefault(field, SCALAR)
    return types
