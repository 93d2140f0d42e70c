"""Gauge: one value on a dial."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import Component, field, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _number(value: Any) -> float:
    number = plain(value)
    if type(number) not in (int, float):
        raise ValueError(f"{value!r} is no finite number")
    made: float = number
    return made


def _value(value: Any) -> float | None:
    """A number; None for what is not known, as NaN is made."""
    return None if plain(value) is None else _number(value)


class Gauge(Component):
    """``value`` (None: not known) on a dial from ``min`` to ``max``; what lies outside stands at its end.

    From ``warn_at`` and ``danger_at`` on (None: never) it says so, in words and colour.  ``unit`` stands behind the
    figure, ``description`` (None: made from the id) above it.
    """

    value: float | None = field(_value)
    min: float = field(_number)
    max: float = field(_number)
    warn_at: float | None = field(_value)
    danger_at: float | None = field(_value)
    unit: str | None = field()
    description: str | None = field(lambda text: None if text is None else text_of(text))

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
