"""JSON text that gives the very same value back."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST = 64_000  # bytes of JSON; the protocol refuses more in one value
DEEPEST = 64


class Unkept(Exception):
    """Why a value stays in the worker."""


_EXACT = (bool, int, float, str, type(None))
_encode = json.JSONEncoder(separators=(",", ":")).encode


def encode(value: Any) -> str:
    """``value`` as JSON text that gives the very same value back; raises Unkept."""
    try:
        _check(value, 0)
        text = str(value) if type(value) is int else _encode(value)
    except (ValueError, RuntimeError) as error:  # an integer of too many digits; a dict that a thread changes meanwhile
        raise Unkept(f"it cannot be written as JSON: {error}") from error
    if len(text) > LARGEST:
        raise Unkept(f"it takes {len(text):,} bytes as JSON, the most is {LARGEST:,}; keep it in a file")
    return text


def is_fixed(value: Any) -> bool:
    """Whether the very same object will always be the same value."""
    return type(value) in _EXACT


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is float and value - value != 0:
        raise Unkept(f"JSON has no {value}")
    if kind in _EXACT:
        return
    if depth == DEEPEST:
        raise Unkept(f"it is nested deeper than {DEEPEST} levels, or contains itself")
    if kind is list:
        for item in value:
            _check(item, depth + 1)
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise Unkept(f"a dict in it has the key {name_of(key)}, JSON's keys are texts")
            _check(item, depth + 1)
    else:
        raise Unkept(f"JSON has no {kind.__module__}.{kind.__qualname__}".replace("builtins.", ""))


def name_of(key: Any) -> str:
    """The key as a short text that can be shown."""
    try:
        name = key if type(key) is str else repr(key)
        return name.encode("utf-8", "replace").decode()[:200]
    except Exception as broken:  # a __repr__ of the script's own that fails
        return f"(a key of {type(key).__name__}, {type(broken).__name__} in its repr)"


def checked_key(key: Any) -> str:
    """The key of a value that is kept; raises Unkept."""
    if type(key) is not str:
        raise Unkept("its key is not a text")
    if len(key) > 1000 or not _is_text(key):
        raise Unkept("its key is longer than 1,000 characters or holds half of a surrogate pair")
    return key


def _is_text(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
