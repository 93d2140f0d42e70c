"""How lists, and the columns that their kinds declare, are called in SQL."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from quarterdeck.store.query import TOPIC

if TYPE_CHECKING:
    from quarterdeck.store.query import KindColumns

LISTED = "SELECT value FROM json_each(?)"
"""The values of a JSON array, so that many of them are one statement."""
_LARGE = re.compile(r"[A-Z^]")


def list_of(kind: str | None) -> str:
    """The table that holds the columns of a kind's topics; of all topics if no kind is named."""
    return "topics" if kind is None else quoted(f"list:{kind}")


def columns_of(kind: KindColumns) -> list[str]:
    """The declared columns, each once; the topic's name is one without a word."""
    return [column for column in dict.fromkeys(kind.columns) if column != TOPIC]


def stored_as(column: str) -> str:
    """The SQL expression of what a column is made from: a topic's scalars."""
    return f"json_extract(scalars, {_path(column)})"


def is_text(column: str) -> str:
    """The SQL expression that says whether a column of ``member`` is a text, and not the JSON of a list."""
    scalars = "(SELECT scalars FROM topics WHERE topics.topic = member.topic)"
    return f"json_type({scalars}, {_path(column)}) = 'text'"


def _path(column: str) -> str:
    return literal(f'$."{column}"')


def literal(text: str) -> str:
    """A text as an SQL constant."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """What SQLite calls so, in quotes."""
    return '"' + name.replace('"', '""') + '"'


@lru_cache(1000)
def quoted(name: str) -> str:
    """A name of ours as an SQL identifier; SQLite does not tell small letters from large ones."""
    return identifier(_LARGE.sub(r"^\g<0>", name))
