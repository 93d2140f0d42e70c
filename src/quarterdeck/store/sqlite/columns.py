"""How a declared column is written in SQL; an index is used only where both sides write it the same."""

from __future__ import annotations

from quarterdeck.store.query import TOPIC

LISTED = "SELECT value FROM json_each(?)"
"""The values of a JSON array, so that many of them are one statement."""


def expression(column: str) -> str:
    """The SQL expression of a column's value."""
    if column == TOPIC:
        return TOPIC
    return f"json_extract(scalars, {_path(column)})"


def is_text(column: str) -> str:
    """The SQL expression that says whether a column's value is a text (and not, say, a list)."""
    return f"json_type(scalars, {_path(column)}) = 'text'"


def _path(column: str) -> str:
    return literal(f'$."{column}"')


def literal(text: str) -> str:
    """A text as an SQL constant."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
