"""The public modules load what they name when it is first used: importing them costs a program next to nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazily(module: dict[str, Any], homes: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a module with these globals; ``homes`` says where each of its names is to be found."""

    def load(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        from importlib import import_module  # it stays out of the way until then

        value: object = getattr(import_module(home), name)
        module[name] = value
        return value

    return load
