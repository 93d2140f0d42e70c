"""Inline script metadata (PEP 723): the block of comments in which a module says what it needs.

The packaging guide, "Inline script metadata", has the form: ``# /// script``, TOML behind ``#``, ``# ///``.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.worker.version import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As the guide gives it.
_BLOCK = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_MARK = b"# /// script"
_EXAMPLE = '# /// script\n# dependencies = ["numpy"]\n# ///'


class Inline(NamedTuple):
    """What a script's block says.  ``fault`` and ``hint``: why it cannot be followed; empty if it can."""

    module: Path
    text: str
    requires: str = ""
    local: bool = False
    """Whether it has settings of uv's, which may name places relative to the module."""
    lock: str = ""
    """What the lock file beside the module says; empty without one."""
    fault: str = ""
    hint: str = ""


def lock_of(module: Path) -> Path:
    """Where ``uv lock --script`` puts the versions that a module's environment is to have."""
    return module.with_name(f"{module.name}.lock")


def inline_of(path: Path) -> Inline | None:
    """The block of the script at ``path``, a folder or a module; None without one.  Raises OSError.

    It stands in one module of a script, whichever: of two nobody could say which counts.
    """
    found = list(_blocks_in(path))
    if len(found) < 2:
        return found[0] if found else None
    names = " and ".join(each.module.name for each in found[:2])
    return found[0]._replace(
        fault=f"{names} both have a block # /// script", hint="a script has one environment: keep one of the blocks"
    )


def _blocks_in(path: Path) -> Iterator[Inline]:
    for name in sorted(files_of(str(path))):
        module = path / name if name else path
        if module.suffix == ".py" and module.is_file():
            content = module.read_bytes()
            if _MARK in content:
                yield from _read(module, content.decode("utf-8", "replace").replace("\r\n", "\n"))


def _read(module: Path, source: str) -> Iterator[Inline]:
    blocks = [found["content"] for found in _BLOCK.finditer(f"{source}\n") if found["type"] == "script"]
    if not blocks:
        return  # such a text in the midst of something else
    text = "".join(line[2:] if line.startswith("# ") else line[1:] for line in blocks[0].splitlines(keepends=True))
    if len(blocks) > 1:
        yield Inline(module, text, fault=f"{module.name} has two blocks # /// script", hint="make one of them")
        return
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = f"it is TOML behind #, for example:\n{_EXAMPLE}"
        yield Inline(module, text, fault=f"the block # /// script of {module.name} is not TOML: {error}", hint=hint)
        return
    lock = lock_of(module)
    yield _checked(Inline(module, text, lock=lock.read_text("utf-8", "replace") if lock.is_file() else ""), said)


def _checked(inline: Inline, said: dict[str, Any]) -> Inline:
    needs, requires = said.get("dependencies", []), said.get("requires-python", "")
    place = f"the block # /// script of {inline.module.name}"
    if not isinstance(needs, list) or not all(isinstance(each, str) for each in needs):
        hint = 'write dependencies = ["numpy", "pandas>=2"]'
        return inline._replace(fault=f"{place} has {needs!r} as its dependencies", hint=hint)
    if not isinstance(requires, str):
        hint = 'write requires-python = ">=3.11"'
        return inline._replace(fault=f"{place} has {requires!r} as its requires-python", hint=hint)
    return inline._replace(requires=requires.strip(), local="uv" in said.get("tool", {}))
