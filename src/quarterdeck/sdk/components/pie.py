"""PieChart: the shares of a whole."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import Component, field, text_of, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

MOST_SLICES = 1_000


def _share(value: Any) -> float | None:
    number = plain(value)
    if number is not None and (type(number) not in (int, float) or number < 0):
        raise ValueError(f"{value!r} cannot be a share; give a number from 0 on, or None")
    made: float | None = number
    return made


class PieChart(Component):
    """Shares of a whole by name, in the order in which they were added.

    ``slices`` reads back a copy, name -> value; assign a dict, or pairs, to replace them all.  The page shows the eight
    largest and folds the rest into one.  ``unit`` stands behind a value, ``description`` (None: made from the id) above
    all; with ``hole`` it is a ring, with the sum inside.
    """

    unit: str | None = field()
    description: str | None = field(title_of)
    hole: bool = field(bool)

    def __init__(
        self,
        id: str,
        slices: Mapping[str, float] | None = None,
        unit: str | None = None,
        description: str | None = None,
        hole: bool = False,
    ) -> None:
        super().__init__(id)
        self.unit = unit
        self.description = description
        self.hole = hole
        self.slices = slices or {}

    @property
    def slices(self) -> dict[str, float | None]:
        """A copy: name -> value."""
        return dict(self._fields["slices"])

    @slices.setter
    def slices(self, slices: Mapping[str, float] | Iterable[tuple[str, float]]) -> None:
        pairs = slices.items() if hasattr(slices, "items") else slices
        self._show({text_of(name): _share(value) for name, value in pairs})

    def set_slice(self, name: str, value: float | None) -> None:
        """Add a slice, or change the one of this name; ``value`` is a number from 0 on, or None."""
        self._show({**self.slices, text_of(name): _share(value)})

    def remove_slice(self, name: str) -> None:
        """Take a slice away; ValueError if there is none of this name."""
        slices = self.slices
        if slices.pop(text_of(name), self) is self:
            raise ValueError(f"{self!r} has no slice {name!r}; it has {', '.join(map(repr, slices)) or 'none'}"[:300])
        self._show(slices)

    def _show(self, slices: dict[str, float | None]) -> None:
        if len(slices) > MOST_SLICES:
            raise ValueError(f"{self!r} would have {len(slices):,} slices; the most is {MOST_SLICES:,}")
        self._set("slices", [[name, value] for name, value in slices.items()])
