"""Imports the modules of a script as real modules: importable by each other, picklable, with relative imports.

The folder stands first in sys.path, so that ``import helper`` finds helper.py beside the hooks.  A folder with an
``__init__.py`` is a package of its own name as well, so that ``from . import helper`` works in it.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import sys
from functools import partial

from quarterdeck.worker.broken import Broken
from quarterdeck.worker.failure import Failure
from quarterdeck.worker.version import files_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType
    from typing import TypeVar

    Loaded = TypeVar("Loaded")

_INIT = "__init__"


def import_script(path: str) -> list[ModuleType]:
    """All modules of the script at ``path`` (a folder, or one file), in the order of their names, loaded anew.

    Raises Broken, with the traceback, if one of them cannot be imported.
    """
    root = os.path.realpath(path)
    _forget(root)
    if os.path.isfile(root):
        name = os.path.splitext(os.path.basename(root))[0]
        _check_name(name, os.path.basename(root))
        return [guarded(root, partial(_from_file, name, root), os.path.basename(root))]
    _prepare(root)
    package = os.path.basename(root) if os.path.isfile(os.path.join(root, _INIT + ".py")) else ""
    if package:
        _check_name(package, _INIT + ".py")
        guarded(root, partial(_from_file, package, os.path.join(root, _INIT + ".py"), [root]), _INIT + ".py")
    return [guarded(root, partial(_imported, name, root), file) for file, name in _names(root, package)]


def _names(root: str, package: str) -> Iterator[tuple[str, str]]:
    """Each file and the dotted name to import it by, packages before what they hold."""
    for file in sorted(files_of(root), key=lambda name: (name.count("/"), not name.endswith(_INIT + ".py"), name)):
        if not file.endswith(".py") or file.endswith("__main__.py"):
            continue
        parts = file.removesuffix(".py").split("/")
        if any("." in part for part in parts):
            raise Broken(f"{file} cannot be imported, its name has a dot in it", "rename it", file)
        if parts[-1] == _INIT:
            parts.pop()
        if parts:
            _check_name(parts[0], file)
        if parts or package:
            yield file, ".".join([package, *parts] if package else parts)


def _check_name(top: str, file: str) -> None:
    if top in sys.stdlib_module_names or top == "quarterdeck":
        whose = "Quarterdeck" if top == "quarterdeck" else f"Python's own module {top}"
        first = file.partition("/")[0]
        raise Broken(
            f"{file} has the name of {whose}, one of the two would hide the other",
            f"rename {first}, for example to my_{first}",
            file,
        )


def _prepare(root: str) -> None:
    """Let Python find what is in the folder, before anything else, and read its sources every time."""
    if root in sys.path:
        sys.path.remove(root)
    sys.path.insert(0, root)

    def hook(path: str) -> importlib.machinery.FileFinder:
        if not _is_inside(path, root):
            raise ImportError(path)
        return importlib.machinery.FileFinder(
            path,
            (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
            (_SourceLoader, importlib.machinery.SOURCE_SUFFIXES),
        )

    sys.path_hooks.insert(0, hook)


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Neither reads nor writes compiled files: they go by the second, and an edit within one would not be seen."""

    def path_stats(self, path: str) -> Mapping[str, float]:
        raise OSError(f"{path} is always compiled anew")


def _forget(root: str) -> None:
    """Take away what an earlier version of the script has left in Python's tables."""
    for name, module in list(sys.modules.items()):
        if _is_inside(_file_of(module), root):
            del sys.modules[name]
    for path in list(sys.path_importer_cache):
        if _is_inside(path, root):
            del sys.path_importer_cache[path]
    importlib.invalidate_caches()


def _imported(name: str, root: str) -> ModuleType:
    # As the import statement does it: importlib's own frames stay out of the tracebacks.
    __import__(name)
    module = sys.modules[name]
    if not _is_inside(_file_of(module), root):
        raise ImportError(f"{name} is another module already, {_file_of(module)}; rename the script's own {name}")
    return module


def _from_file(name: str, file: str, places: list[str] | None = None) -> ModuleType:
    loader = _SourceLoader(name, file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=places)
    if spec is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def guarded(root: str, load: Callable[[], Loaded], file: str | None = None) -> Loaded:
    """What ``load`` gives.  Whatever it raises becomes Broken, with the traceback and the place in the script.

    ``file`` is the place if the traceback does not tell it.
    """
    try:
        return load()
    except Broken:
        raise
    except BaseException as error:  # sys.exit() at the top of a module must not end the worker
        failure = Failure(error, root)
        place, line = failure.place
        message = f"{failure.error['type']}: {failure.error['message']}"
        raise Broken(
            message, _hint_for(error), place or file, line, failure.traceback, failure.error["type"]
        ) from error


def _hint_for(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.partition(".")[0]
        return (
            f"name what provides {top} in a block # /// script (see docs/environments.md), install it where the script "
            "runs, or put a module of that name into the folder"
        )
    return "mend the file and save it; the script loads again by itself"


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")


def _is_inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root + os.sep)
