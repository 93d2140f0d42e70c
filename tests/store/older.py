"""Files as older versions of Quarterdeck wrote them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from quarterdeck.store.sqlite.schema import MIGRATIONS

if TYPE_CHECKING:
    import sqlite3

_FIRST = (MIGRATIONS / "0001_first.sql").read_text("utf-8")
_CELLS = _FIRST[_FIRST.index("CREATE TABLE cells_minute") : _FIRST.index("-- All times")]


def without_moving(connection: sqlite3.Connection) -> None:
    """As before migration 5: no scalars beside the rows, and cells as JSON, of which there are none."""
    connection.execute("DROP TABLE moving")
    with_plain_cells(connection)


def with_plain_cells(connection: sqlite3.Connection) -> None:
    """As before migration 6: cells are JSON; there are none."""
    connection.executescript(
        f"DROP TABLE series; DROP TABLE cells_minute; DROP TABLE cells_hour; DROP TABLE cells_day; {_CELLS}"
    )


def put_cells(connection: sqlite3.Connection, span: str, topic: int, field: str, cells: dict[int, list[Any]]) -> None:
    """Cells as they stood before migration 6."""
    owed = (1,) if span == "minute" else ()
    rows = [(topic, field, start, json.dumps(cell, separators=(",", ":")), *owed) for start, cell in cells.items()]
    marks = ", ".join("?" * (4 + len(owed)))
    connection.executemany(f"INSERT INTO cells_{span} VALUES ({marks})", rows)
