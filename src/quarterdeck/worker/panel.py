"""What a hook gets: the script's components, its store, its layout."""

from __future__ import annotations

import difflib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from quarterdeck.sdk.components import Component
    from quarterdeck.sdk.grid import Grid


class Components(dict):  # type: ignore[type-arg]
    """The components by id.  An unknown id is a KeyError that names the nearest."""

    def __init__(self, components: Iterable[Component]) -> None:
        super().__init__((component.id, component) for component in components)

    def __missing__(self, id: Any) -> Component:
        near = difflib.get_close_matches(str(id), list(self), 1)
        known = ", ".join(list(self)[:20]) or "nothing"
        hint = f"did you mean {near[0]!r}?" if near else f"the layout has {known}"
        raise KeyError(f"no component {id!r}; {hint}")


class Panel:
    """``components[id]``, ``store`` (a dict that is kept between runs), ``grid``, ``script_id``.

    ``args`` is what a run by hand was given, an empty dict otherwise.
    """

    def __init__(self, script_id: str, grid: Grid, components: Iterable[Component], store: dict[Any, Any]) -> None:
        self.script_id = script_id
        self.grid = grid
        self.components = Components(components)
        self.args: dict[str, Any] = {}
        self._store = store

    @property
    def store(self) -> dict[Any, Any]:
        """What the script keeps; assigning a dict replaces what is in it."""
        return self._store

    @store.setter
    def store(self, values: Mapping[Any, Any]) -> None:
        kept = dict(values)
        self._store.clear()
        self._store.update(kept)
