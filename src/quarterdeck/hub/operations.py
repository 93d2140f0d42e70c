"""Operations that are written in many places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.core.ops import Event


def sets(**fields: Any) -> Event:
    """A ``set`` a field."""
    return [["set", field, value] for field, value in fields.items()]
