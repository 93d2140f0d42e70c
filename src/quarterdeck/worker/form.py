"""The two forms of a script: a layout with functions beside it, or a class that has all of it."""

from __future__ import annotations

import os
import sys
from functools import partial
from inspect import isabstract

from quarterdeck.sdk.grid import Grid
from quarterdeck.sdk.layout import LayoutError, parse_layout
from quarterdeck.sdk.script import Script, place
from quarterdeck.worker.broken import Broken
from quarterdeck.worker.hooks import Hooks, marked_in, marked_on
from quarterdeck.worker.modules import guarded
from quarterdeck.worker.version import LAYOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

PANEL = "panel"
CLASS = "class"


class Form:
    """What a script is made of; ``instance`` is the one of its class, None in the panel form."""

    __slots__ = ("grid", "hooks", "instance", "name")

    def __init__(self, name: str, grid: Grid, hooks: Hooks, instance: Script | None = None) -> None:
        self.name = name
        self.grid = grid
        self.hooks = hooks
        self.instance = instance


def class_in(modules: list[ModuleType]) -> type[Script] | None:
    """The script's class: the first that its modules define and no other of theirs is made from; None if there is none.

    Classes that were imported from elsewhere do not count, abstract ones neither.
    """
    classes = _own_classes(modules)
    return next(
        (cls for cls in classes if not any(each is not cls and issubclass(each, cls) for each in classes)), None
    )


def panel_form(path: str, modules: list[ModuleType]) -> Form:
    """layout.html, and the functions of the modules.  Raises Broken."""
    hooks = Hooks(marked_in(modules))
    if not hooks.setup and not hooks.scheduled:
        raise Broken(
            "no hook was found in its modules",
            "mark a function with @hooks.schedule(run_every=timedelta(seconds=1)), @hooks.on(id) or @hooks.setup",
        )
    grid = _layout_in(modules[0], os.path.basename(path)) if os.path.isfile(path) else _layout_of(path)
    return Form(PANEL, grid, hooks)


def class_form(path: str, modules: list[ModuleType], cls: type[Script], name: str, store: dict[Any, Any]) -> Form:
    """The instance of the class, what it renders, and its methods that are hooks.  Raises Broken."""
    file = _file_of(cls, path)
    strays = marked_in(modules)
    if strays:
        message = f"the function {strays[0][1]} is marked as a hook outside of the class {cls.__name__}"
        raise Broken(message, f"make it a method of {cls.__name__}, or take the class away", file)
    if os.path.isfile(os.path.join(path, LAYOUT)):
        message = f"there is both a {LAYOUT} and the class {cls.__name__}, which lays itself out by render()"
        raise Broken(message, f"keep one of them: take {LAYOUT} away, or the class", LAYOUT)
    instance = guarded(path, partial(place, cls, name, store))
    grid = guarded(path, instance.render)
    if not isinstance(grid, Grid):
        raise Broken(f"{cls.__name__}.render() gave {grid!r}"[:300], "return a Grid(...) from it", file)
    return Form(CLASS, grid, Hooks(marked_on(instance), panel=False), instance)


def _own_classes(modules: list[ModuleType]) -> list[type[Script]]:
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Script)
        and value.__module__ == module.__name__
        and not isabstract(value)
    ]


def _file_of(cls: type[Script], path: str) -> str:
    """Where the class stands, relative to the script."""
    root = os.path.realpath(path)
    return os.path.relpath(
        sys.modules[cls.__module__].__file__ or root, root if os.path.isdir(root) else os.path.dirname(root)
    )


def _layout_of(path: str) -> Grid:
    file = os.path.join(path, LAYOUT)
    try:
        with open(file, encoding="utf-8-sig") as layout:
            return parse_layout(layout.read(), LAYOUT)[0]
    except FileNotFoundError as error:
        raise Broken(
            f"there is no {LAYOUT}", "add one that begins with <Grid> and ends with </Grid>", LAYOUT
        ) from error
    except UnicodeDecodeError as error:
        raise Broken(f"{LAYOUT} is not UTF-8: {error}", "save it as UTF-8", LAYOUT) from error
    except LayoutError as error:
        raise Broken(error.message, error.hint, error.file, error.line, str(error), "LayoutError") from error


def _layout_in(module: ModuleType, file: str) -> Grid:
    """A script of one module may name its layout: ``layout = "<Grid>...</Grid>"`` or ``layout = Grid(...)``."""
    layout = getattr(module, "layout", None)
    if isinstance(layout, Grid):
        return layout
    try:
        return parse_layout(layout, file)[0] if isinstance(layout, str) else Grid()
    except LayoutError as error:
        raise Broken(f"its layout: {error.message}", error.hint, file, None, str(error)) from error
