"""Values made plain: what JSON holds the same in every language.

``plain`` stands at a producer's border and makes anything plain; ``check_plain`` stands at the hub's and refuses what
is not.
"""

from __future__ import annotations

import sys

from quarterdeck.core.frames import MAX_DEPTH, MAX_VALUE
from quarterdeck.core.ops import TWO_53, Refused, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.core.ops import Event

TOO_DEEP = "(nested too deep)"
CYCLE = "(contains itself)"
_CONTAINERS = (list, tuple, dict, set, frozenset, range)
_SIMPLE = frozenset((float, int, str, bool, type(None)))
_LONGEST_NUMBER = 25
_LONGEST_ESCAPE = 6
_LONGEST_CELL = 100  # as a rule


def plain(value: Any) -> Any:
    """The value as JSON holds it; never raises.

    NaN and infinities become None, datetimes ISO text with their zone (a naive one is local time), numpy's scalars
    and arrays Python's, tuples and sets lists, keys text; integers beyond 2**53, times, durations and everything else
    text.  Lone surrogates are replaced, and what is nested deeper than 32 levels is cut off with a text.  Lists and
    dicts are copied.
    """
    kind = type(value)
    if kind is float:
        # Only of a finite number is this zero.
        return value if value - value == 0.0 else None
    if kind is str:
        return value if value.isascii() else _without_surrogates(value)
    if kind is int:
        return value if -TWO_53 <= value <= TWO_53 else _text(value)
    return value if value is None or kind is bool else _deep(value, ())


def _deep(value: Any, above: tuple[int, ...]) -> Any:
    """The same inside of containers; ``above`` are the identities of those that hold this value."""
    if isinstance(value, _CONTAINERS):
        if id(value) in above:
            return CYCLE
        if len(above) == MAX_DEPTH:
            return TOO_DEEP
        inside = (*above, id(value))
        if isinstance(value, dict):
            return {_key(key): _item(item, inside) for key, item in value.items()}
        items = _ordered(value) if isinstance(value, set | frozenset) else value
        return [plain(item) if type(item) in _SIMPLE else _deep(item, inside) for item in items]
    return _lone(value, above)


def _item(value: Any, above: tuple[int, ...]) -> Any:
    return plain(value) if type(value) in _SIMPLE else _deep(value, above)


def _lone(value: Any, above: tuple[int, ...]) -> Any:
    """What is neither a container nor exactly one of JSON's own types."""
    try:
        if isinstance(value, str):
            return plain(str.__str__(value))
        if isinstance(value, float | int):
            return plain(float(value) if isinstance(value, float) else int(value))
        if isinstance(value, bytes | bytearray):
            return value.decode("utf-8", "replace")
        if hasattr(value, "dtype") and hasattr(value, "tolist"):
            return _of_array(value, above)
        return _moment(value)
    except Exception:
        return _text(value)


def _of_array(value: Any, above: tuple[int, ...]) -> Any:
    """A numpy scalar or array, a pandas series, a tensor: by its own conversion, without importing its library."""
    if len(above) > MAX_DEPTH:
        return TOO_DEEP
    # In nanoseconds numpy's own conversion gives bare integers; pandas' times with a zone have a dtype of their own.
    unit = {"M": "datetime64[us]", "m": "timedelta64[us]"}.get(getattr(value.dtype, "kind", ""))
    found = (value.astype(unit) if unit and not hasattr(value.dtype, "tz") else value).tolist()
    return _text(value) if found is value else _item(found, above)


def _moment(value: Any) -> Any:
    """Dates and times as ISO text; everything else as its own text."""
    datetime = sys.modules.get("datetime")
    if datetime is None or not isinstance(value, datetime.date | datetime.time):
        return _text(value)
    if value != value:  # noqa: PLR0124 - pandas' "not a time" is a datetime that differs from itself
        return None
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        try:
            # A bare datetime: pandas' own does not know the local zone.
            value = datetime.datetime.combine(value.date(), value.time()).astimezone()
        except (OverflowError, OSError, ValueError):
            # Years that the system's clock does not reach have no local zone.
            return str(value.isoformat())
    return str(value.isoformat())


def _text(value: Any) -> str:
    try:
        return _without_surrogates(str(value))
    except Exception:
        return f"<{type(value).__name__}>"


def _key(key: Any) -> str:
    found = plain(key)
    return found if type(found) is str else str(found)


def _ordered(items: Iterable[Any]) -> list[Any]:
    try:
        return sorted(items)
    except Exception:
        return list(items)


def _without_surrogates(text: str) -> str:
    """Pairs of surrogates become the character that they mean, lone ones the replacement character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return str(text)


def check_values(ops: Event) -> int:
    """Raise Refused unless every value that is set, put or pushed is plain; a number of bytes that their JSON does not
    exceed, if it is not large.

    The event must have passed ``check``, which looks at its form, its counters and its cells.
    """
    size = 0
    for op in ops:
        verb = op[0]
        if verb == "set":
            size += check_plain(op[2], op[1])
        elif verb == "put":
            for key, value in op[2].items():
                size += _bound_text(key, op[1]) + check_plain(value, op[1])
        elif verb == "push":
            for value in op[2]:
                size += check_plain(value, op[1])
        elif len(op) > 2:
            size += _LONGEST_CELL * len(op[2])
    return size


def check_plain(value: Any, field: str = "") -> int:
    """Raise Refused unless the value is JSON, at most 64 kB of it and 32 levels deep, with integers up to 2**53.

    ``field`` is named in the refusal.  Returns a number of bytes that its JSON does not exceed.
    """
    kind = type(value)
    if value is None or kind is bool or (kind is int and -TWO_53 <= value <= TWO_53):
        return _LONGEST_NUMBER
    if kind is str and (size := len(value) * _LONGEST_ESCAPE) < MAX_VALUE and value.isascii():
        return size
    size = _bound(value, field, 0)
    if size <= MAX_VALUE:
        return size
    import json  # noqa: PLC0415 - only large values need it, and importing the core stays light

    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_VALUE:
        raise Refused(
            "too-large",
            f"a value for {field!r} takes {size} bytes of JSON, and {MAX_VALUE} are the most",
            "push it in smaller items, put it under several keys, or keep it in a file",
        )
    return size


def _bound(value: Any, field: str, depth: int) -> int:
    """A number of bytes that the value's JSON does not exceed; raises Refused if the value is not plain."""
    kind = type(value)
    if kind is str:
        return _bound_text(value, field)
    if (kind is float and value - value == 0.0) or (kind is int and -TWO_53 <= value <= TWO_53):
        return _LONGEST_NUMBER
    if value is None or kind is bool:
        return _LONGEST_NUMBER
    if kind is not list and kind is not dict:
        raise Refused(
            "out-of-range" if kind in (int, float) else "malformed",
            f"{show(value)} ({kind.__name__}) in a value for {field!r} is not plain JSON",
            "send integers beyond 2**53 as text, NaN and infinities as null, and everything else as text",
        )
    if depth == MAX_DEPTH:
        raise Refused(
            "too-deep", f"a value for {field!r} is nested deeper than {MAX_DEPTH} levels", "use more topics, or a text"
        )
    size = 2
    if kind is dict:
        for key in value:
            size += _bound_text(key, field)
    for item in value if kind is list else value.values():
        inner = type(item)
        if inner is str and item.isascii():
            size += _LONGEST_ESCAPE * len(item) + 4
        elif inner is int and -TWO_53 <= item <= TWO_53:
            size += _LONGEST_NUMBER
        else:
            size += _bound(item, field, depth + 1)
    return size


def _bound_text(text: Any, field: str) -> int:
    if type(text) is not str or not text.isascii():
        _check_text(text, field)
    return _LONGEST_ESCAPE * len(text) + 4


def _check_text(text: Any, field: str) -> None:
    if type(text) is not str:
        raise Refused("malformed", f"{show(text)} cannot be a key in {field!r}", "keys are texts")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(
            "malformed", f"a text for {field!r} holds half of a surrogate pair", "replace it by U+FFFD"
        ) from None
