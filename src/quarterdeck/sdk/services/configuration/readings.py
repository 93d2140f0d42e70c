"""How the values of a configuration are read from their text.

Each takes the text and returns the value, or raises ValueError that says how the value is to be written.
"""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

Colors = dict[str, str]
_Number = TypeVar("_Number", int, float)
_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(.*)", re.DOTALL)
_SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_TRUTHS = {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}
_MEMORY = ":memory:"


def text(said: str) -> str:
    """As it stands."""
    return said


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number from ``low`` to ``high``."""
    return _within(int, low, high, f"write a whole number from {low} to {high}")


def number(low: float, high: float) -> Callable[[str], float]:
    """A number from ``low`` to ``high``."""
    return _within(float, low, high, f"write a number from {low:g} to {high:g}, like 2.5")


def _within(form: Callable[[str], _Number], low: _Number, high: _Number, mend: str) -> Callable[[str], _Number]:
    def read(said: str) -> _Number:
        try:
            found = form(said)
        except ValueError:
            raise ValueError(mend) from None
        if not low <= found <= high:
            raise ValueError(mend)
        return found

    return read


def truth(said: str) -> bool:
    """Yes or no."""
    found = _TRUTHS.get(said.lower())
    if found is None:
        raise ValueError("write true or false")
    return found


def texts(said: str) -> tuple[str, ...]:
    """One text, or several as Python writes a list of them: ``['one', 'two']``."""
    if said[:1] not in ("[", "(", "'", '"'):
        return (said,)
    found = _literal(said, mend := "write one text, or a list like ['one', 'two']")
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise ValueError(mend)
    return tuple(listed)


def patterns(said: str) -> tuple[str, ...]:
    """The same, or several with commas between them: no name of an endpoint has one."""
    return tuple(part for each in texts(said) for part in map(str.strip, each.split(",")) if part)


def path(said: str) -> str:
    """A path of this machine; ``~`` is the home, and what is relative is so to the working folder."""
    return os.path.abspath(os.path.expanduser(said))


def url(said: str) -> str:
    """An address of the web."""
    try:
        parts = urlsplit(said)
        well = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well = False
    if not well or not said.isprintable() or " " in said:
        raise ValueError("write it whole, like http://127.0.0.1:5000/dashboard/submit-test-results")
    return said


def link(said: str) -> str:
    """The path of a page below an application, without a slash at either end."""
    found = said.strip("/")
    if not all(map(_SEGMENT.fullmatch, found.split("/"))):
        raise ValueError("write one or more names of letters, digits, - and _, like dashboard or admin/dashboard")
    return found


def folder_of_database(said: str) -> str:
    """The folder that a SQLite file of SQLAlchemy's form would be in."""
    kind = said.partition(":")[0].partition("+")[0]
    found = _SQLITE.fullmatch(said)
    if found is None and kind != "sqlite":
        raise ValueError(
            f"{kind or 'this'} is not supported: Quarterdeck keeps what it measures in a deck, which needs no server. "
            "Write sqlite:////folder/dashboard.db, and that folder is the deck, or leave DATABASE out"
        )
    file = unquote(found[1].partition("?")[0]) if found is not None else ""
    if file in ("", _MEMORY):
        raise ValueError(
            "what is only in memory is lost with the program: write sqlite:////folder/dashboard.db, "
            "and that folder is the deck, or leave DATABASE out"
        )
    return os.path.dirname(path(file))


def colors(said: str) -> Colors:
    """Colours by the name of an endpoint, each as three numbers, as a text of them, or as #rrggbb."""
    found = _literal(said, mend := "write it like {'main': [0, 97, 255], 'static': '#ff9900'}")
    if not isinstance(found, dict):
        raise ValueError(mend)
    return {str(name): _color(value, mend) for name, value in found.items()}


def _color(value: Any, mend: str) -> str:
    if isinstance(value, str) and _HEX.fullmatch(value.strip()):
        return value.strip().lower()
    parts = re.findall(r"\d+", value) if isinstance(value, str) else value
    try:
        red, green, blue = map(int, parts)
    except (TypeError, ValueError):
        raise ValueError(mend) from None
    if not all(0 <= part <= 255 for part in (red, green, blue)):
        raise ValueError(mend)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _literal(said: str, mend: str) -> Any:
    try:
        return ast.literal_eval(said)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise ValueError(mend) from None
