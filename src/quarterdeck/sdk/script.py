"""The class form of a script: components, hooks and layout in one class."""

from __future__ import annotations

from quarterdeck.sdk.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self


class Script:
    """A script on deck is a subclass: ``__init__`` makes the components, ``render`` lays them out, methods are hooks.

    ``store`` is a dict that is kept between runs; ``script_id`` is the name on deck, empty where there is no deck.
    The hub's worker makes the one instance; nothing has to be called.
    """

    __slots__ = ("__dict__", "__weakref__", "_quarterdeck_id", "_quarterdeck_store")

    _quarterdeck_id: str
    _quarterdeck_store: dict[Any, Any]

    # Here and not in __init__, so that they are there however a subclass treats its __init__.
    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        made = super().__new__(cls)
        made._quarterdeck_store = {}
        made._quarterdeck_id = ""
        return made

    def __init__(self, id: str | None = None) -> None:
        self.id = self.script_id if id is None else id

    def render(self) -> Grid:
        """The layout of the page: a Grid of rows and columns with the components of ``self``."""
        return Grid()

    @property
    def script_id(self) -> str:
        """The name on deck: of the module or folder, whatever ``id`` says."""
        return self._quarterdeck_id

    @property
    def store(self) -> dict[Any, Any]:
        """What the script keeps; assigning a dict replaces what is in it."""
        return self._quarterdeck_store

    @store.setter
    def store(self, values: Mapping[Any, Any]) -> None:
        kept = dict(values)
        self._quarterdeck_store.clear()
        self._quarterdeck_store.update(kept)


def place(cls: type[Script], script_id: str, store: dict[Any, Any]) -> Script:
    """An instance as it is on deck: its name and its store are there before its ``__init__`` runs."""
    made = cls.__new__(cls)
    made._quarterdeck_id, made._quarterdeck_store = script_id, store
    made.__init__()  # type: ignore[misc]
    return made
