"""JSON text as the store writes it: compact, UTF-8, the same for every store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec.json

if TYPE_CHECKING:
    from collections.abc import Callable

_encode = msgspec.json.Encoder().encode

decode: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode
"""The value of a JSON text."""


def encode(value: Any) -> str:
    """The JSON text of a plain value."""
    return _encode(value).decode()
