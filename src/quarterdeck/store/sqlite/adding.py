"""Sums of cells that are one step: SQLite adds their numbers, so that only their buckets become objects here."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from quarterdeck.core.series import MINUTE_US
from quarterdeck.core.sums import Sum
from quarterdeck.store.jsontext import encode
from quarterdeck.store.sqlite.cells import table_of
from quarterdeck.store.sqlite.columns import LISTED
from quarterdeck.store.sqlite.packed import histogram_of
from quarterdeck.store.sqlite.selecting import select

if TYPE_CHECKING:
    import sqlite3

    from quarterdeck.store.contract import Piece
    from quarterdeck.store.sqlite.packed import Packed

_MUCH = 2**50
"""What is not less may be text, or too much for SQLite to add."""
_TIME = f"start * {MINUTE_US} + at"
_ALL = f"""SELECT series AS of, min(start) AS first, sum(iif(n < {_MUCH}, n, 0)) AS number, max(n) AS most,
    sum(iif(abs(total) < {_MUCH}, total, 0)) AS whole, max(abs(total)) AS furthest, min(low) AS least,
    max(low) AS lowest, max(high) AS greatest, max({_TIME}) AS latest, max(start) AS newest"""
_IS_EXACT = f"""latest = {_TIME} AND most < {_MUCH} AND furthest < {_MUCH}
    AND typeof(lowest) = 'integer' AND typeof(greatest) = 'integer' AND typeof(last) = 'integer'"""


def sums_of(connection: sqlite3.Connection, ids: list[int], part: Piece) -> dict[int, Sum]:
    """What the cells of these series come to; those whose numbers are text, or might be, are left out."""
    buckets: dict[int, list[Packed]] = defaultdict(list)
    for packed, id in select(connection, "buckets", table_of(part.span), ids, part[1:]):
        buckets[id].append(packed)
    found = connection.execute(_numbers(table_of(part.span)), (encode(ids), *part[1:]))
    return {id: Sum._make((*numbers, histogram_of(buckets[id]))) for id, *numbers in found}


def _numbers(table: str) -> str:
    """The last value is that of the last cell, if no other one has a later one."""
    cells = f"{_ALL} FROM {table} WHERE series IN ({LISTED}) AND start >= ? AND start < ? GROUP BY series"
    last = f"JOIN {table} ON series = of AND start = newest WHERE {_IS_EXACT}"
    return f"SELECT of, first, number, whole, least, greatest, latest, last FROM ({cells}) {last}"
