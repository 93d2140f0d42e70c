"""A script as its worker has it: layout, modules, hooks, panel and store."""

from __future__ import annotations

import os

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic, join
from quarterdeck.sdk.grid import Grid
from quarterdeck.sdk.layout import LayoutError, parse_layout
from quarterdeck.worker.broken import Broken
from quarterdeck.worker.hooks import SETUP, Hooks
from quarterdeck.worker.modules import import_script
from quarterdeck.worker.panel import Panel
from quarterdeck.worker.store import Store
from quarterdeck.worker.version import LAYOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any, Protocol

    from quarterdeck.sdk.components.component import Op

    class Link(Protocol):
        """The part of the client that a script needs."""

        def emit(self, topic: str, ops: list[Op], name: str | None = None, at: int | None = None) -> None: ...

        def pusher(self, topic: str, field: str, cap: int) -> Callable[[Any], None]: ...


class TopicSink:
    """Where the changes of one component go."""

    def __init__(self, link: Link, topic: str) -> None:
        self._link = link
        self._topic = topic

    def emit(self, ops: list[Op]) -> None:
        """One event of the component's topic."""
        self._link.emit(self._topic, ops)

    def pusher(self, field: str, cap: int) -> Callable[[Any], None]:
        """The cheapest way to push one item."""
        return self._link.pusher(self._topic, field, cap)


class Script:
    """One version of a script.  Making it loads the files and raises Broken; nothing is shown before ``show``."""

    def __init__(self, name: str, path: str, version: str, texts: dict[str, str]) -> None:
        self.name = name
        self.version = version
        modules = import_script(path)
        self.hooks = Hooks(modules)
        grid = _layout_of(path, modules)
        self.store = Store(texts)
        self._told: list[dict[str, str]] = []
        self.panel = Panel(name, grid, grid.components, self.store.values)
        self.topics = {component.id: self._topic_of(component.id) for component in grid.components}

    def describe(self) -> dict[str, Any]:
        """The reply to ``load``."""
        return {
            "form": "panel",
            "grid": self.panel.grid.state,
            "hooks": [hook.describe() for hook in self.hooks.scheduled.values()],
            "setup": SETUP if self.hooks.setup else None,
            "unkept": self.store.unkept,
        }

    def show(self, link: Link, known: dict[str, dict[str, Any]], fresh: bool) -> None:
        """Bind the components.  ``known``: id -> {"state", "types"} as the hub has them.

        ``fresh``: they begin as the layout says; else they go on as the hub has them.  Those that are not in the layout
        any more end.
        """
        for id in known.keys() - self.topics.keys():
            link.emit(join("script", self.name, "panel", id), [["drop"]])
        for id, topic in self.topics.items():
            component, had = self.panel.components[id], known.get(id, {}).get("state", {})
            goes_on = not fresh and had.get("component") == component.type
            if goes_on:
                component.restore(had)
            component.bind(TopicSink(link, topic))
            if not goes_on:
                link.emit(topic, [["drop"], *component.birth()])

    def unkept_is_new(self) -> bool:
        """Whether other values stay in the worker than were told last."""
        told, self._told = self._told, self.store.unkept
        return told != self._told

    def _topic_of(self, id: str) -> str:
        try:
            return check_topic(join("script", self.name, "panel", id))
        except Refused as refused:
            raise Broken(
                f"the id {id!r} is too long for a topic", "give the component a shorter id", LAYOUT
            ) from refused


def _layout_of(path: str, modules: list[ModuleType]) -> Grid:
    if os.path.isfile(path):
        return _layout_in(modules[0], os.path.basename(path))
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
