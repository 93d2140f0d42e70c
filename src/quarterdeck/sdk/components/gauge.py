"""Gauge: one value on a dial."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import Component, field, number_of, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _value(value: Any) -> float | None:
    """A number; None for what is not known, as NaN is made."""
    return None if plain(value) is None else number_of(value)


class Gauge(Component):
    """``value`` (None: not known) on a dial from ``min`` to ``max``; what lies outside stands at its end.

    From ``warn_at`` and ``danger_at`` on (None: never) it says so, in words and colour.  ``unit`` stands behind the
    figure, ``description`` (None: made from the id) above it.
    """

    value: float | None = field(_value)
    min: float = field(number_of)
    max: float = field(number_of)
    warn_at: float | None = field(_value)
    danger_at: float | None = field(_value)
    unit: str | None = field()
    description: str | None = field(title_of)

    def __init__(
        self,
        id: str,
        min: float = 0,
        max: float = 100,
        value: float | None = None,
        unit: str | None = None,
        description: str | None = None,
        warn_at: float | None = None,
        danger_at: float | None = None,
    ) -> None:
        super().__init__(id)
        self.min = min
        self.max = max
        if self.min >= self.max:
            raise ValueError(f"min is {self.min} and max is {self.max}; give a max above min")
        self.value = value
        self.unit = unit
        self.description = description
        self.warn_at = warn_at
        self.danger_at = danger_at
