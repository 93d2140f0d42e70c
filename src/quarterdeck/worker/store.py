"""What a script keeps between runs: a dict for the script, a transaction for the hub."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from quarterdeck.sdk.components.component import Op

LARGEST = 64_000  # bytes of JSON; the protocol refuses more in one value
DEEPEST = 64
MOST_UNKEPT = 100


class Unkept(Exception):
    """Why a value stays in the worker."""


class Store:
    """``values`` is the script's own dict.  ``commit`` keeps what it holds now, ``restore`` brings the last kept back.

    Values that come back from JSON exactly as they were (None, bool, int, finite float, str, list, dict with text
    keys) are kept as JSON text.  All others stay in this process: they are in ``unkept``, and changes inside of them
    are not undone.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts: dict[str, str] = dict(texts or {})
        self._stay: dict[Any, Any] = {}
        self.values: dict[Any, Any] = {}
        self.unkept: list[dict[str, str]] = []
        self.restore()

    def commit(self) -> list[Op]:
        """Keep what ``values`` holds; the operations on the store's topic that say so, none if nothing changed."""
        texts: dict[str, str] = {}
        stay: dict[Any, Any] = {}
        unkept: list[dict[str, str]] = []
        for key, value in list(self.values.items()):
            try:
                texts[_checked_key(key)] = encode(value)
            except Unkept as why:
                stay[key] = value
                unkept.append({"key": _name_of(key), "why": str(why)})
        changed = {key: text for key, text in texts.items() if self._texts.get(key) != text}
        ops: list[Op] = [["drop", "values", key] for key in self._texts if key not in texts]
        ops += [["put", "values", {key: text}] for key, text in changed.items()]
        self._texts, self._stay, self.unkept = texts, stay, unkept[:MOST_UNKEPT]
        return ops

    def restore(self) -> None:
        """Make ``values``, still the same dict, what was last committed."""
        self.values.clear()
        self.values.update({key: json.loads(text) for key, text in self._texts.items()})
        self.values.update(self._stay)


_EXACT = (bool, int, float, str, type(None))


def encode(value: Any) -> str:
    """``value`` as JSON text that gives the very same value back; raises Unkept."""
    try:
        _check(value, 0)
        text = json.dumps(value, separators=(",", ":"))
    except (ValueError, RuntimeError) as error:  # an integer of too many digits; a dict that a thread changes meanwhile
        raise Unkept(f"it cannot be written as JSON: {error}") from error
    if len(text) > LARGEST:
        raise Unkept(f"it takes {len(text):,} bytes as JSON, the most is {LARGEST:,}; keep it in a file")
    return text


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
                raise Unkept(f"a dict in it has the key {_name_of(key)}, JSON's keys are texts")
            _check(item, depth + 1)
    else:
        raise Unkept(f"JSON has no {kind.__module__}.{kind.__qualname__}".replace("builtins.", ""))


def _checked_key(key: Any) -> str:
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


def _name_of(key: Any) -> str:
    try:
        name = key if type(key) is str else repr(key)
        return name.encode("utf-8", "replace").decode()[:200]
    except Exception as broken:  # a __repr__ of the script's own that fails
        return f"(a key of {type(key).__name__}, {type(broken).__name__} in its repr)"
