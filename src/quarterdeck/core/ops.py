"""The six operations, the limits they obey, and how a refusal looks.

An operation is a JSON array that begins with its verb: ``["set", field, value]``, ``["set", field, blob, "blob"]``,
``["put", field, {key: value}]``, ``["add", field, {key: int}]``, ``["push", field, [items], cap]``,
``["record", field, {minute: cell}, quantum]``, ``["drop", field]``, ``["drop", field, key]`` and the bare ``["drop"]``,
which ends the topic.  The operations of one producer on one topic at one time are an event: a list of operations,
accepted whole or refused whole.

Once given away, an operation is never changed by anyone: states, batches and outboxes copy what they grow.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Op: TypeAlias = list[Any]
    Event: TypeAlias = list[Op]
    FieldType: TypeAlias = list[Any]
    Cell: TypeAlias = list[Any]
else:
    # So that a module may import them without typing.
    Op = Event = FieldType = Cell = list

SCALAR = "scalar"
LIST = "list"
MAP = "map"
COUNTERS = "counters"
SERIES = "series"
BLOB = "blob"

# Doubles hold every integer up to here, so that Python and JavaScript agree digit by digit.
TWO_53 = 1 << 53
DEFAULT_CAP = 10_000
MAX_CAP = 1_000_000
DEFAULT_QUANTUM = 0.001
MAX_FIELD = 512

# Every code that the core refuses with, and what it means.
CODES = {
    "malformed": "an operation, event or frame does not have the form of the protocol",
    "type-mismatch": "an operation does not fit the type that its field has for life",
    "quantum-mismatch": "a series was recorded with another quantum than its own",
    "out-of-range": "a number, a cap or a counter's result is beyond its limits",
    "too-large": "a value is over 64 kB of JSON",
    "too-deep": "a value is nested deeper than 32 levels",
    "bad-topic": "a topic's name is empty, too long, or not percent-encoded",
}


def sets(**fields: Any) -> Event:
    """A ``set`` operation a field."""
    return [["set", field, value] for field, value in fields.items()]


def show(value: object) -> str:
    """A value as refusals quote it: short, and also where Python will not write it (integers of 4,300 digits)."""
    try:
        shown = repr(value)
    except ValueError:
        shown = f"<{type(value).__name__}>"
    return shown if len(shown) <= 80 else shown[:77] + "..."


class Refused(Exception):
    """An event (or a name, or a frame) that was not accepted; nothing has changed.

    ``code`` is one of the documented words, ``message`` says what happened and where, ``hint`` how to mend it.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.code = code
        self.message = message
        self.hint = hint
