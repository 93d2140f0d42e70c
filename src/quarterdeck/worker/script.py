"""A script as its worker has it: layout, modules, hooks, panel and store."""

from __future__ import annotations

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic, join
from quarterdeck.worker.attributes import Attributes
from quarterdeck.worker.broken import Broken
from quarterdeck.worker.form import class_form, class_in, panel_form
from quarterdeck.worker.hooks import SETUP
from quarterdeck.worker.inputs import check_inputs
from quarterdeck.worker.modules import import_script
from quarterdeck.worker.panel import Panel
from quarterdeck.worker.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from quarterdeck.sdk.components.component import Op

    class Link(Protocol):
        """The part of the client that a script needs."""

        def emit(self, topic: str, ops: list[Op], name: str | None = None, at: int | None = None) -> None: ...

        def pusher(self, topic: str, field: str, cap: int, *, plain: bool) -> Callable[[Any], None]: ...


class TopicSink:
    """Where the changes of one component go."""

    def __init__(self, link: Link, topic: str) -> None:
        self._link = link
        self._topic = topic

    def emit(self, ops: list[Op]) -> None:
        """One event of the component's topic."""
        self._link.emit(self._topic, ops)

    def pusher(self, field: str, cap: int) -> Callable[[Any], None]:
        """The cheapest way to push one item, which is plain: see ``sdk/components/row.py``."""
        return self._link.pusher(self._topic, field, cap, plain=True)


class Script:
    """One version of a script.  Making it loads the files and raises Broken; nothing is shown before ``show``."""

    def __init__(self, name: str, path: str, version: str, texts: dict[str, str]) -> None:
        self.name = name
        self.version = version
        modules = import_script(path)
        cls = class_in(modules)
        self.store = Store(texts, class_form=cls is not None)
        form = panel_form(path, modules) if cls is None else class_form(path, modules, cls, name, self.store.values)
        self.form = form.name
        self.hooks = form.hooks
        self._instance = form.instance
        self._told: list[dict[str, str]] = []
        self.panel = Panel(name, form.grid, form.grid.components, self.store.values)
        self.topics: dict[str, str] = {}
        for component in form.grid.components:
            if component.id in self.topics:
                raise Broken(f"the id {component.id!r} stands twice in the layout", "give one of the two another id")
            self.topics[component.id] = self._topic_of(component.id)
        check_inputs(self.hooks.scheduled.values(), self.panel.components)

    def describe(self) -> dict[str, Any]:
        """The reply to ``load``."""
        return {
            "form": self.form,
            "grid": self.panel.grid.state,
            "hooks": [hook.describe() for hook in self.hooks.scheduled.values()],
            "setup": SETUP if self.hooks.setup else None,
            "unkept": self.store.unkept,
        }

    def show(self, link: Link, known: dict[str, dict[str, Any]], fresh: bool) -> None:
        """Bind the components.  ``known``: id -> {"state", "types"} as the hub has them.

        ``fresh``: they begin as the layout says; else they go on as the hub has them.  Those that are not in the layout
        any more end.  The attributes of a class go the same way.
        """
        kept = self.store.keep_attributes(Attributes(self._instance), fresh=fresh) if self._instance else []
        if kept:
            link.emit(join("script", self.name, "store"), kept)
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
            raise Broken(f"the id {id!r} is too long for a topic", "give the component a shorter id") from refused
