"""What viewers did to the inputs of a panel, until the worker's main thread takes it over."""

from __future__ import annotations

import difflib
import threading

from quarterdeck.sdk.components.inputs import Input
from quarterdeck.worker.broken import Broken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from quarterdeck.sdk.components.component import Component
    from quarterdeck.worker.hooks import Hook


class Inputs:
    """The newest value of each input that was changed.  ``put`` comes from the client's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}

    def put(self, component: str, value: Any) -> None:
        """A viewer has set this value."""
        with self._lock:
            self._values[component] = value

    def apply(self, components: Mapping[str, Component], run: Mapping[str, Any] | None = None) -> list[str]:
        """Give the values to the components; what none of them takes any more is said in words.

        ``run``: the arguments of the run that begins; what came since they were made goes before them.
        """
        with self._lock:
            values, self._values = self._values, {}
        if run and isinstance(run.get("component"), str) and "value" in run:
            values.setdefault(run["component"], run["value"])
        refused = []
        for id, value in values.items():
            component = components.get(id)
            if isinstance(component, Input):
                try:
                    component.take(value)
                except ValueError as error:  # it has changed since the hub looked
                    refused.append(f"the value {value!r} for {id!r} is left out: {error}"[:500])
        return refused


def check_inputs(hooks: Iterable[Hook], components: Mapping[str, Component]) -> None:
    """Raise Broken if a hook waits for an input that the layout does not have."""
    known = [id for id, component in components.items() if isinstance(component, Input)]
    for hook in hooks:
        for id in hook.components:
            if id in known:
                continue
            near = difflib.get_close_matches(id, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"inputs of the layout: {', '.join(known) or 'none'}"
            other = components.get(id)
            what = f"{id!r} is a {other.type}, no input" if other else f"there is no {id!r} in the layout"
            file = f"{hook.module.replace('.', '/')}.py"
            raise Broken(f"@hooks.on({id!r}) above {hook.name}: {what}", hint, file, hook.line or None)
