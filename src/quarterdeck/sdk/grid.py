"""The layout of a panel as a tree: Grid holds rows, Row holds columns, Col holds components, rows or columns."""

from __future__ import annotations

from quarterdeck.sdk.components.component import Component

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SIZES = ("xs", "sm", "md", "lg")


class _Box:
    """What the three have in common: children, in order."""

    accepts: tuple[str, ...] = ()

    def __init__(self, *children: Any) -> None:
        self.children: list[Any] = []
        for child in children:
            self.add(child)

    @property
    def type(self) -> str:
        """The class name, as it is written in a layout."""
        return type(self).__name__

    def add(self, child: Any) -> None:
        """Add ``child`` at the end; ValueError if it may not stand here."""
        kind = "Component" if isinstance(child, Component) else type(child).__name__
        if kind not in self.accepts:
            raise ValueError(refusal(self.type, kind))
        self.children.append(child)

    @property
    def components(self) -> list[Component]:
        """All components inside, in the order of the layout."""
        return list(_walk(self))

    @property
    def state(self) -> dict[str, Any]:
        """The tree as JSON: type and children, columns with ``props``, components with type and id."""
        return {"type": self.type, "children": [_state_of(child) for child in self.children]}


class Row(_Box):
    """Columns side by side; twelve units wide."""

    accepts = ("Col",)


class Col(_Box):
    """A column: its width in twelfths of the row on phones (xs), tablets (sm), desktops (md) and wide screens (lg)."""

    accepts = ("Component", "Row", "Col")

    def __init__(
        self,
        *children: Any,
        xs: int | None = None,
        sm: int | None = None,
        md: int | None = None,
        lg: int | None = None,
    ) -> None:
        super().__init__(*children)
        for size, width in zip(SIZES, (xs, sm, md, lg), strict=True):
            if width is not None and (type(width) is not int or not 1 <= width <= 12):
                raise ValueError(f"{size}={width!r} is no width; give a whole number from 1 to 12")
        self.xs, self.sm, self.md, self.lg = xs, sm, md, lg

    @property
    def state(self) -> dict[str, Any]:
        widths = {size: getattr(self, size) for size in SIZES if getattr(self, size) is not None}
        return {**super().state, "props": widths}


class Grid(_Box):
    """The root of a layout."""

    accepts = ("Row", "Col", "Component")


def refusal(parent: str, child: str) -> str:
    """What to say when ``child`` may not stand in ``parent``."""
    if parent == "Row":
        return f"only Col can stand in a Row, not {child}; put <Col> around it"
    return f"{child} cannot stand in {parent}; it takes Row, Col and components"


def _state_of(child: Any) -> dict[str, Any]:
    made: dict[str, Any] = child.grid_state if isinstance(child, Component) else child.state
    return made


def _walk(box: _Box) -> Iterator[Component]:
    for child in box.children:
        if isinstance(child, Component):
            yield child
        else:
            yield from _walk(child)
