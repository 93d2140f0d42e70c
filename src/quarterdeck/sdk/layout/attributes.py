"""Turns the texts of attributes into what a class takes, by the annotations of its constructor.

int and float as Python reads them.  bool: an attribute without a value, true, yes, on or 1 is True; false, no, off or 0
is False (in any case).  Lists: JSON, or words between commas, with or without brackets: ``headers="Time, Value"``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


def parameters_of(cls: type) -> dict[str, str]:
    """Name -> annotation of what the constructor of ``cls`` takes by name, in order."""
    annotations = cls.__init__.__annotations__  # type: ignore[misc]
    return {name: str(kind).removesuffix(" | None") for name, kind in annotations.items() if name not in _NOT_BY_NAME}


def convert(value: str | None, kind: str) -> Any:
    """``value`` as the annotation ``kind`` wants it; ValueError says what was expected."""
    if kind == "bool":
        return _bool(value)
    if value is None:
        raise ValueError("it needs a value")
    return _CONVERTERS.get(kind, str)(value)


def _bool(value: str | None) -> bool:
    if value is None or value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ValueError("give true or false")


def _int(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValueError("give a whole number") from None


def _float(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ValueError("give a number") from None
    if number - number != 0:
        raise ValueError("give a finite number")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _list(value: str) -> list[Any]:
    import json  # the sdk loads it only where it is used

    try:
        made = json.loads(value)
    except ValueError:
        inner = value[1:-1] if value.startswith("[") and value.endswith("]") else value
        return [word.strip().strip("\"'") for word in inner.split(",")]
    return made if isinstance(made, list) else [made]


_NOT_BY_NAME = ("return", "children")
_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "int": _int,
    "float": _float,
    "list[Any]": _list,
    "list[str]": _list,
    "list[list[Any]]": _list,
}
