"""Reads layout.html into a Grid and its components."""

from __future__ import annotations

from quarterdeck.sdk.components import KINDS
from quarterdeck.sdk.components.component import Component
from quarterdeck.sdk.grid import Col, Grid, Row, refusal
from quarterdeck.sdk.layout.attributes import convert, parameters_of
from quarterdeck.sdk.layout.error import LayoutError, nearest
from quarterdeck.sdk.layout.tokens import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.sdk.layout.tokens import Tag

DEEPEST = 12  # the JSON of the grid must stay within the protocol's depth

_BOXES: tuple[type, ...] = (Grid, Row, Col)
_CLASSES: dict[str, type] = {cls.__name__.lower(): cls for cls in (*_BOXES, *KINDS)}


def parse_layout(text: str, file: str = "layout.html") -> tuple[Grid, list[Component]]:
    """The grid and its components in order.  LayoutError names file, line, tag and the mend.

    Tags and attribute names may be in any case.  Text, comments and what stands around <Grid> mean nothing.
    """
    return _Parser(text, file).run()


class _Parser:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.tags = Scanner(text, file).tags()
        self.grid: Grid | None = None
        self.open: list[tuple[Tag, Any]] = []  # the boxes around the current place, outermost first
        self.last: str | None = None  # the component whose closing tag may still come
        self.lines: dict[str, int] = {}  # where each id stands
        self.before: list[Tag] = []

    def run(self) -> tuple[Grid, list[Component]]:
        for tag in self.tags:
            if self.grid is None and tag.name.lower() != "grid":
                self.before.append(tag)
            elif tag.closing:
                self._close(tag)
            elif self.open or self.grid is None or tag.name.lower() in _CLASSES:
                self._begin(tag)
        if self.open:
            tag = self.open[-1][0]
            raise self._error(tag, f"<{tag.name}> is never closed", f"add </{tag.name}> where it ends")
        if self.grid is None:
            raise self._without_grid()
        return self.grid, self.grid.components

    def _begin(self, tag: Tag) -> None:
        cls = _CLASSES.get(tag.name.lower())
        if cls is None:
            names = [known.__name__ for known in _CLASSES.values()]
            raise self._error(tag, f"there is no tag <{tag.name}>", nearest(tag.name, names))
        if cls is Grid and self.grid is not None:
            raise self._error(tag, "there is a second <Grid>", "a layout has one; put its rows into the first")
        if not self.open and cls is not Grid:
            raise self._error(tag, f"<{tag.name}> stands behind </Grid>", "move it into the grid")
        made = self._make(tag, cls)
        self._place(tag, made)
        self.last = None
        if isinstance(made, Component):
            self.last = None if tag.closed else tag.name.lower()
        elif not tag.closed:
            self.open.append((tag, made))
            if len(self.open) > DEEPEST:
                raise self._error(tag, f"{len(self.open)} tags inside each other", f"the most is {DEEPEST}")

    def _make(self, tag: Tag, cls: type) -> Any:
        known = parameters_of(cls)
        given: dict[str, Any] = {}
        for name, value in tag.attributes.items():
            if name not in known:
                hint = nearest(name, list(known)) if known else "it takes none"
                raise self._error(tag, f"<{tag.name}> has no attribute {name}", hint)
            try:
                given[name] = convert(value, known[name])
            except ValueError as error:
                raise self._error(tag, f"{name}={value or ''} of <{tag.name}> does not fit", str(error)) from None
        if "id" in known:
            self._check_id(tag, given)
        try:
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise self._error(tag, f"<{tag.name}> cannot be made", str(error)) from error

    def _check_id(self, tag: Tag, given: dict[str, Any]) -> None:
        if not given.get("id"):
            raise self._error(tag, f"<{tag.name}> has no id", f'write <{tag.name} id="name" />')
        if given["id"] in self.lines:
            hint = f"line {self.lines[given['id']]} has it; give this one another"
            raise self._error(tag, f"the id {given['id']!r} is taken", hint)
        self.lines[given["id"]] = tag.line

    def _place(self, tag: Tag, made: Any) -> None:
        if isinstance(made, Grid):
            self.grid = made
            return
        parent = self.open[-1][1]
        try:
            parent.add(made)
        except ValueError:
            message, hint = refusal(parent.type, tag.name).split("; ")
            raise self._error(tag, message, hint) from None

    def _close(self, tag: Tag) -> None:
        name = tag.name.lower()
        if name == self.last:
            self.last = None
            return
        if self.open and self.open[-1][0].name.lower() == name:
            self.open.pop()
            return
        if not self.open and name not in _CLASSES:
            return  # what stands around the grid
        if not self.open:
            raise self._error(tag, f"</{tag.name}> closes nothing", "take it away")
        inner = self.open[-1][0]
        hint = f"close <{inner.name}> of line {inner.line} first, or take this away"
        raise self._error(tag, f"</{tag.name}> stands where </{inner.name}> is due", hint)

    def _without_grid(self) -> LayoutError:
        for tag in self.before:
            if tag.name.lower() in _CLASSES:
                return self._error(tag, f"<{tag.name}> stands outside of a <Grid>", "begin the layout with <Grid>")
        if self.before:
            tag = self.before[0]
            message = f"there is no <Grid>, the first tag is <{tag.name}>"
            return self._error(tag, message, "begin the layout with <Grid>")
        return LayoutError("there is no <Grid>", "begin the layout with <Grid> and end it with </Grid>", 1, self.file)

    def _error(self, tag: Tag, message: str, hint: str) -> LayoutError:
        return LayoutError(message, hint, tag.line, self.file)
