"""List queries: what a page asks for, how it is written, and what it means in every store and on the board.

Values rank as in SQLite: missing and null, then numbers (true is 1), then texts by their UTF-8 bytes.  Ties in an order
are decided by the topic's name, in the direction of the order.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import is_under, segment
from quarterdeck.store.jsontext import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

OPERATORS = ("!=", "<=", ">=", "^=", "=", "<", ">")
DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
TOPIC = "topic"
"""The column that every topic has: its name."""


class KindColumns(Protocol):
    """What a store has to know of a kind (``kinds.Kind`` is one)."""

    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def orders(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def stored(self) -> bool: ...


class Condition(NamedTuple):
    """``COLUMN OP VALUE``.  ``values`` are alternatives: 123 may be number or text, "123" is the text, and a JSON
    array any of its members (or its own text)."""

    column: str
    op: str
    values: tuple[str | int | float | None, ...]


class Cursor(NamedTuple):
    """Where a page ended: the last member's value in the order, and its topic."""

    value: str | int | float | None
    topic: str


@dataclass(frozen=True, slots=True)
class Query:
    """A list of topics.

    ``prefix`` is "" for all, ``order`` is ``[-]COLUMN``, ``q`` is text to be found in the topic's name or in a column,
    ``after`` is the cursor that the page before gave.
    """

    kind: str | None = None
    prefix: str = ""
    where: tuple[Condition, ...] = ()
    order: str = TOPIC
    q: str = ""
    after: str | None = None
    limit: int = DEFAULT_LIMIT

    @property
    def column(self) -> str:
        """The column of the order."""
        return self.order.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.order.startswith("-")


def parse_query(
    kind: str | None = None,
    prefix: str = "",
    where: Iterable[str] = (),
    order: str | None = None,
    q: str = "",
    after: str | None = None,
    limit: int | None = None,
) -> Query:
    """A query from what a request or a watch says; raises Refused.  Columns are checked by ``check_query``."""
    conditions = tuple(parse_where(text) for text in where)
    wanted = DEFAULT_LIMIT if limit is None else limit
    if isinstance(wanted, bool) or not 1 <= wanted <= MAX_LIMIT:
        raise Refused("limit", f"The limit {wanted} is not between 1 and {MAX_LIMIT}.", "Page with after= for more.")
    query = Query(kind or None, prefix, conditions, order or TOPIC, q, after or None, wanted)
    cursor_of(query)
    return query


def parse_where(text: str) -> Condition:
    """``COLUMN OP VALUE`` with or without spaces around OP; a VALUE in double quotes is JSON text."""
    at, op = min(((text.find(op), op) for op in OPERATORS if op in text), key=_first_and_longest, default=(-1, ""))
    column = text[: max(at, 0)].strip()
    if not column:
        raise Refused(
            "where",
            f"The filter {text!r} is not COLUMN OP VALUE.",
            f"Write, say, state = failed; OP is one of {' '.join(OPERATORS)}.",
        )
    value = text[at + len(op) :].strip()
    return Condition(column, op, _texts_of(value) if column == TOPIC else _alternatives(value, op))


def _first_and_longest(found: tuple[int, str]) -> tuple[int, int]:
    return found[0], -len(found[1])


def _texts_of(value: str) -> tuple[str]:
    """A topic's name is a text, whatever it looks like."""
    meant = _alternatives(value, "^=")[0]
    return (str(meant),)


def _alternatives(value: str, op: str) -> tuple[str | int | float | None, ...]:
    try:
        meant = json.loads(value, parse_constant=_no_constant)
        value.encode()
        str(meant).encode()
    except (ValueError, RecursionError):
        # No JSON, or half of a surrogate pair: the text itself, which no value has.
        return (value.encode("utf-8", "replace").decode(),)
    if op == "^=":
        return (meant if isinstance(meant, str) else value,)
    either = op in ("=", "!=")
    if isinstance(meant, list) and either:
        return (*(plain_value(each) for each in meant if _is_value(each)), value)
    if not _is_value(meant):
        return (value,)
    if meant is None or isinstance(meant, str):
        return (meant,)
    return (plain_value(meant), value) if either else (plain_value(meant),)


def _is_value(meant: Any) -> bool:
    """Whether a column may be compared with it as it is: no list, and no number that a store would not take."""
    return meant is None or isinstance(meant, str) or (isinstance(meant, (int, float)) and abs(meant) < 2**63)


def _no_constant(text: str) -> float:
    raise ValueError(text)


def check_query(query: Query, kinds: Mapping[str, KindColumns]) -> None:
    """Raise Refused if the kind or a column does not exist, naming the nearest that does."""
    if query.kind is not None and query.kind not in kinds:
        raise _unknown("kind", query.kind, list(kinds), "")
    known = [TOPIC, *(kinds[query.kind].columns if query.kind is not None else ())]
    place = f" of the kind {query.kind}" if query.kind is not None else " without a kind"
    for column in (query.column, *(condition.column for condition in query.where)):
        if column not in known:
            raise _unknown("column", column, known, place)


def _unknown(what: str, name: str, known: list[str], place: str) -> Refused:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
    return Refused(what, f"There is no {what} {name!r}{place}.", hint)


def cursor_of(query: Query) -> Cursor | None:
    """Where the page before ended; raises Refused if the cursor belongs to another order or to nobody."""
    if query.after is None:
        return None
    try:
        order, value, topic = json.loads(base64.b64decode(query.after.encode(), b"-_", validate=True))
        fits = order == query.order and isinstance(topic, str) and isinstance(value, (str, int, float, type(None)))
        fits = fits and not (isinstance(value, int) and abs(value) >= 2**63)
        f"{topic}{value}".encode()
    except (ValueError, TypeError, RecursionError, binascii.Error):
        fits = False
    if not fits:
        raise Refused("after", "The cursor does not belong to this list.", "Ask for the first page, without after=.")
    return Cursor(value, topic)


def next_cursor(query: Query, value: str | int | float | None, topic: str) -> str:
    """The opaque text behind a page whose last member is ``topic`` with ``value`` in the order."""
    return base64.b64encode(json.dumps([query.order, value, topic]).encode(), b"-_").decode()


def plain_value(value: Any) -> str | int | float | None:
    """What a list sees of a scalar: bools are numbers, lists and objects their compact JSON text."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    return encode(value)


def column_value(column: str, topic: str, values: Mapping[str, Any]) -> str | int | float | None:
    """The value of a column of one topic."""
    return topic if column == TOPIC else plain_value(values.get(column))


def rank(value: str | int | float | None) -> tuple[int, Any]:
    """A key that sorts values as lists do."""
    if value is None:
        return (0, 0)
    return (2, value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else (1, value)


def sort_key(query: Query, topic: str, values: Mapping[str, Any]) -> tuple[tuple[int, Any], str]:
    """The member's place in the order; sort with ``reverse=query.descending``."""
    return rank(column_value(query.column, topic, values)), topic


def matches(query: Query, kind: str | None, topic: str, values: Mapping[str, Any], columns: Iterable[str]) -> bool:
    """Whether a topic is on the list (``after`` and ``limit`` aside).  ``columns`` are those of the query's kind."""
    if query.kind is not None and kind != query.kind:
        return False
    if query.prefix and not is_under(topic, query.prefix):
        return False
    for condition in query.where:
        if not _fits(condition, column_value(condition.column, topic, values)):
            return False
    return not query.q or _found(query.q, topic, [values.get(column) for column in columns])


def _fits(condition: Condition, value: str | int | float | None) -> bool:
    # No sort equals another in Python either: a text is no number, and nothing else is None.
    if condition.op == "=":
        return value in condition.values
    if condition.op == "!=":
        return value not in condition.values
    wanted = condition.values[0]
    if condition.op == "^=":
        return isinstance(value, str) and value.startswith(str(wanted))
    (sort, mine), (other_sort, other) = rank(value), rank(wanted)
    return sort == other_sort != 0 and _COMPARE[condition.op](mine, other)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def lowered(text: str) -> str:
    """Small letters as SQLite makes them: A to Z alone."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def searched(q: str) -> tuple[str, str]:
    """The text to find in columns, and the same as it stands in a topic's name."""
    q = _sought_in(q)
    return lowered(q), lowered("/".join(segment(part) for part in q.split("/")))


def _found(q: str, topic: str, values: Iterable[Any]) -> bool:
    text, encoded = searched(q)
    name = lowered(topic)
    if text in name or encoded in name:
        return True
    return any(isinstance(value, str) and text in lowered(_sought_in(value)) for value in values)


def _sought_in(text: str) -> str:
    """All before a NUL, where SQLite's LIKE ends."""
    return text.partition("\0")[0]
