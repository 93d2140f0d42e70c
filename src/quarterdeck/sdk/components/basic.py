"""Text, Statistic and ProgressBar: components that show one value."""

from __future__ import annotations

from quarterdeck.sdk.components.component import Component, field, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Text(Component):
    """Markdown; HTML in it is shown as text."""

    text: str = field(text_of)

    def __init__(self, id: str, text: str = "") -> None:
        super().__init__(id)
        self.text = text


class Statistic(Component):
    """One ``value`` (0 at first) with its ``unit``, a ``description`` and the name of an ``icon``."""

    value: Any = field()
    unit: str | None = field()
    description: str | None = field()
    icon: str | None = field()

    def __init__(
        self, id: str, unit: str | None = None, description: str | None = None, icon: str | None = None
    ) -> None:
        super().__init__(id)
        self.value = 0
        self.unit = unit
        self.description = description
        self.icon = icon


class ProgressBar(Component):
    """``value`` is in percent, 0 at first; ``style`` is info, success, warning or danger;
    ``label`` writes the percentage on it.
    """

    value: float = field()
    style: str = field(text_of)
    label: bool = field(bool)
    striped: bool = field(bool)
    animated: bool = field(bool)

    def __init__(
        self, id: str, style: str = "info", label: bool = False, striped: bool = False, animated: bool = False
    ) -> None:
        super().__init__(id)
        self.value = 0
        self.style = style
        self.label = label
        self.striped = striped
        self.animated = animated
