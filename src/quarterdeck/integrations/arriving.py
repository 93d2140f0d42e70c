"""Libraries that arrive: what is to be done to a module is done when a program imports it, never before."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from quarterdeck.sdk.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_awaited: dict[str, str] = {}
"""By the name of the module that is awaited, the name of ours whose ``patch`` takes it."""


def await_module(name: str, ours: str) -> None:
    """``patch(module)`` of our module gets the module of this name: now if it is there, else when it comes."""
    if name in sys.modules:
        _patch(sys.modules[name], ours)
        return
    _awaited[name] = ours
    if not any(isinstance(finder, _Awaiting) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Awaiting())


@harmless
def _patch(module: ModuleType, ours: str) -> None:
    import_module(ours).patch(module)


class _Awaiting:
    """Asks the other finders, and lets what is awaited be patched after its loader has run it."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder."""
        if name not in _awaited:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                _follow(spec, _awaited[name])
                return spec
        return None


@harmless
def _follow(spec: ModuleSpec, ours: str) -> None:
    loader: Any = spec.loader
    run = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        if module.__name__ == spec.name:
            # The module's own loader stays its loader, as it was; some load several.
            vars(loader).pop("exec_module", None)
        run(module)
        if module.__name__ == spec.name:
            _awaited.pop(spec.name, None)
            _patch(module, ours)

    loader.exec_module = exec_module
